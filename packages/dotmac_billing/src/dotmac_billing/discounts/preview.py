"""What a coupon would take off the first full period of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.price import compile_price
from dotmac_billing.discounts.applied import Discountable, Redeemed, apply_discounts
from dotmac_billing.discounts.errors import CouponNotRedeemableError
from dotmac_core_ops.money import round_money

_NOTHING, _ONE = Decimal(0), Decimal(1)


class PreviewLine(NamedTuple):
    """A component with its price for a whole period, before tax, and what is taken off."""

    component: str
    name: str
    quantity: Decimal
    amount: Decimal
    discount: Decimal
    net: Decimal


class CouponPreview(NamedTuple):
    """The lines and their sums."""

    currency: str
    lines: list[PreviewLine]
    amount: Decimal
    discount: Decimal
    net: Decimal


def preview(
    plan: PublishedPlan,
    quantities: Mapping[str, Decimal],
    redeemed: Sequence[Redeemed],
    on: date,
    currency: str,
) -> CouponPreview:
    """Every component that is charged for a quantity, with 1 of it unless `quantities` says more.

    Usage is left out unless `quantities` has it: nobody knows it ahead.

    Raises:
        CouponNotRedeemableError: the plan has no prices in `currency`.
    """
    parts = [
        (one, quantities.get(one.code, _ONE))
        for one in plan.components
        if one.code in quantities or one.kind is not ComponentKind.USAGE
    ]
    code = redeemed[0].code
    amounts = [_amount(one, quantity, currency, code) for one, quantity in parts]
    discountable = [
        Discountable(amount, plan.plan_id, one.id, one.code, quantity, None)
        for (one, quantity), amount in zip(parts, amounts, strict=True)
    ]
    off = [_NOTHING] * len(parts)
    for each in apply_discounts(discountable, redeemed, on, currency).per_line:
        off[each.line] += each.amount
    lines = [
        PreviewLine(one.code, one.name, quantity, amount, less, amount - less)
        for (one, quantity), amount, less in zip(parts, amounts, off, strict=True)
    ]
    amount, discount = sum(amounts, _NOTHING), sum(off, _NOTHING)
    return CouponPreview(currency, lines, amount, discount, amount - discount)


def _amount(
    component: PublishedComponent, quantity: Decimal, currency: str, coupon_code: str
) -> Decimal:
    parameters = component.prices.get(currency)
    if parameters is None:
        raise CouponNotRedeemableError(
            "wrong_currency", f"{component.code} has no price in {currency}.", coupon_code
        )
    price = compile_price(component.model, parameters, currency=currency)
    return round_money(price.charge(Measured(quantity)).amount, currency)
