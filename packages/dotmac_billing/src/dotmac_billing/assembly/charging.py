"""What a due item costs: the one rule for the bill run, for previews and for simulations."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from uuid import UUID

from dotmac_billing.assembly.errors import InvoiceTooLargeError
from dotmac_billing.assembly.item import BilledItem, rule_of
from dotmac_billing.assembly.line import Charge
from dotmac_billing.charges.explained import explanation_json
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.price import true_up
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.subscriptions.moments import Due
from dotmac_core_ops.money import currency_exponent

LARGEST_LINE = Decimal(10) ** 12  # two hundred of them, with tax, still fit the column
_PRICE_DIGITS = Decimal("1E-12")
_BEYOND_PRICES = Decimal(10) ** 15
_NOTHING = Decimal(0)
_ONE = Decimal(1)


@lru_cache(maxsize=256)
def quantum(currency: str) -> Decimal:
    """The smallest amount of the currency, for `Decimal.quantize`."""
    return _ONE.scaleb(-currency_exponent(currency))


def charges(
    due: Due[BilledItem], measured: Measured | None, subscription_id: UUID, currency: str
) -> list[Charge]:
    """The line of a due item, and that of a minimum commitment it does not reach.

    A recurring price counts for the whole period; of a period that is covered in part, that share
    of days is charged, unless the component is not prorated. What a meter counted (`measured`) is
    charged as it is, and only a minimum is prorated. Nothing is rounded before the line.

    Raises:
        InvoiceTooLargeError: the amount is over a million millions.
    """
    item, part = due.item, due.part
    priced = item.priced
    component = priced.component
    quantity, price, amount, explanation = _priced(item, measured, currency)
    is_part = part != due.whole and not item.is_one_time and component.is_prorated
    if is_part and not priced.is_metered:
        amount = amount * part.days / due.whole.days
    if not -LARGEST_LINE <= amount <= LARGEST_LINE:
        raise InvoiceTooLargeError(item.description, amount, LARGEST_LINE)
    smallest = quantum(currency)
    rounded = amount.quantize(smallest, ROUND_HALF_UP)
    off = _NOTHING
    if item.percent_off is not None:
        off = (rounded * item.percent_off).quantize(smallest, ROUND_HALF_UP)
    line = Charge(
        _kind(item),
        subscription_id,
        priced.plan_id,
        item.item_id,
        component.id,
        component.code,
        item.description,
        quantity,
        price,
        rounded,
        off,
        component.tax_code,
        component.includes_tax,
        part.start,
        part.end,
        explanation,
    )
    minimum = priced.price.minimum
    if minimum is None:
        return [line]
    missing = true_up(rounded, minimum, part.days, due.whole.days)
    missing = missing.quantize(smallest, ROUND_HALF_UP)
    return [line, _minimum(line, missing)] if missing else [line]


def _priced(
    item: BilledItem, measured: Measured | None, currency: str
) -> tuple[Decimal, Decimal, Decimal, str | None]:
    """Quantity, price of a unit, exact amount and explanation, for a whole period."""
    priced = item.priced
    if priced.unit_price is not None and measured is None:
        price = priced.unit_price if item.agreed_price is None else item.agreed_price
        return item.quantity, price, item.quantity * price, None
    usage = Measured(item.quantity) if measured is None else measured
    charged = rule_of(item, currency).charge(usage)
    average = _average(charged.amount, usage.quantity)
    return usage.quantity, average, charged.amount, explanation_json(priced.model, charged)


def _kind(item: BilledItem) -> LineKind:
    if item.priced.is_metered:
        return LineKind.USAGE
    return LineKind.ONE_TIME if item.is_one_time else LineKind.CHARGE


def _average(amount: Decimal, quantity: Decimal) -> Decimal:
    """What a unit comes to, in the digits a price has; 0 of nothing, or where it has too many."""
    if not quantity or abs(amount) >= quantity * _BEYOND_PRICES:
        return _NOTHING
    return (amount / quantity).quantize(_PRICE_DIGITS, ROUND_HALF_UP)


def _minimum(line: Charge, missing: Decimal) -> Charge:
    return line._replace(
        kind=LineKind.MINIMUM,
        description=f"{line.description}: minimum commitment",
        quantity=_ONE,
        unit_price=missing,
        amount=missing,
        own_off=_NOTHING,
        explanation=None,
    )
