"""From what is charged to the lines and totals of an invoice: discounts, then tax."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.assembly.errors import TooManyLinesError
from dotmac_billing.assembly.line import Charge, Line
from dotmac_billing.assembly.remainder import remainder
from dotmac_billing.assembly.taxing import TaxLines
from dotmac_billing.discounts.applied import Discountable, Redeemed, apply_discounts
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.tax.sums import Taxed, TaxGroup
from dotmac_billing.tax.treatment import Treatment
from dotmac_core_ops.money import round_money

MOST_LINES = 10_000
_NOTHING = Decimal(0)
_DISCOUNTABLE = frozenset(
    {
        LineKind.CHARGE,
        LineKind.ONE_TIME,
        LineKind.USAGE,
        LineKind.ADJUSTMENT,
        LineKind.MANUAL,
    }
)


class InvoiceTax(NamedTuple):
    """A tax of the invoice, in the order of the columns. `net` is what it is charged on.

    `treatment` and `line_rate` are those of the lines that bear it, together with any other tax.
    """

    tax_code: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    treatment: str
    line_rate: Decimal
    is_compound: bool
    name: str
    category: str
    jurisdiction: str | None
    exemption_reason: str | None
    exemption_code: str | None


class Totals(NamedTuple):
    """`total` is `net` plus `tax`; without the discount `net` were higher by `discount`."""

    net: Decimal
    tax: Decimal
    total: Decimal
    taxes: list[InvoiceTax]
    discount: Decimal = _NOTHING


class Assembled(NamedTuple):
    """Lines, totals, and how much each redemption took off."""

    lines: list[Line]
    totals: Totals
    used: dict[UUID, Decimal]


def assemble(
    charges: Sequence[Charge],
    tax: TaxLines,
    *,
    on: date,
    currency: str,
    redeemed: Sequence[Redeemed] = (),
) -> Assembled:
    """An invoice of `charges`, taxed by `tax`, with the discounts that hold on the day `on`.

    Discounts are taken off before tax, first those of the price itself, then coupons. Credits,
    fees and minimum commitments get no discount. Of what was billed in part before, the discount is
    that of the whole, less what the part was given.

    Raises:
        TooManyLinesError: more than 10,000 lines.
        DomainError: the tax cannot be worked out.
    """
    if len(charges) > MOST_LINES:
        raise TooManyLinesError(len(charges), MOST_LINES)
    off, used = _discounts(charges, on, currency, redeemed)
    if any(charge.before is not None for charge in charges):
        charges, off = remainder(charges, off)
    amounts = [charge.amount for charge in charges]
    discount = _NOTHING
    if off is not None:
        amounts = [amount - less for amount, less in zip(amounts, off, strict=True)]
    treatments, sums = tax(charges, amounts)
    if off is not None:
        discount = _before_tax(off, charges, treatments, currency)
    taxes = _taxes(sums.groups, treatments)
    totals = Totals(sums.net, sums.tax, sums.total, taxes, discount)
    return Assembled(_lines(charges, treatments, sums, off), totals, used)


def _lines(
    charges: Sequence[Charge],
    treatments: Sequence[Treatment | None],
    sums: Taxed,
    off: Sequence[Decimal] | None,
) -> list[Line]:
    lines: list[Line] = []
    for position, charge in enumerate(charges):
        treatment, net = treatments[position], sums.nets[position]
        lines.append(
            Line(
                charge.item_id,
                charge.component_id,
                charge.description,
                charge.quantity,
                charge.unit_price,
                net,
                None if treatment is None else treatment.key,
                None if treatment is None else treatment.rate,
                charge.period_start,
                charge.period_end,
                charge.kind.value,
                None if charge.amount == net else charge.amount,
                _NOTHING if off is None else off[position],
                sums.taxes[position],
                charge.explanation,
                charge.reverses_line_id,
                charge.subscription_id,
            )
        )
    return lines


def _before_tax(
    off: Sequence[Decimal],
    charges: Sequence[Charge],
    treatments: Sequence[Treatment | None],
    currency: str,
) -> Decimal:
    """What was taken off, without the tax that is in it where the price has tax in it."""
    total = _NOTHING
    for amount, charge, treatment in zip(off, charges, treatments, strict=True):
        if amount and charge.includes_tax and treatment is not None:
            total += off_before_tax(amount, treatment.rate, currency)
        else:
            total += amount
    return total


def off_before_tax(off: Decimal, rate: Decimal | None, currency: str) -> Decimal:
    """What was taken off a price with tax in it, without that tax; rounded to the currency."""
    return off if rate is None else round_money(off / (1 + rate), currency)


def _taxes(groups: Sequence[TaxGroup], treatments: Sequence[Treatment | None]) -> list[InvoiceTax]:
    """The groups with the treatment they come from: they follow the treatments in their order."""
    found: list[InvoiceTax] = []
    left = iter(groups)
    seen: set[tuple[str, Decimal]] = set()
    for treatment in treatments:
        if treatment is None or (treatment.key, treatment.rate) in seen:
            continue
        seen.add((treatment.key, treatment.rate))
        for tax in treatment.taxes:
            group = next(left)
            found.append(
                InvoiceTax(
                    group.code,
                    group.rate,
                    group.net,
                    group.tax,
                    treatment.key,
                    treatment.rate,
                    tax.is_compound,
                    group.name,
                    group.category,
                    group.jurisdiction,
                    group.exemption_reason,
                    group.exemption_code,
                )
            )
    return found


def _discounts(
    charges: Sequence[Charge], on: date, currency: str, redeemed: Sequence[Redeemed]
) -> tuple[list[Decimal] | None, dict[UUID, Decimal]]:
    """What is taken off each charge; None when nothing is."""
    own = any(charge.own_off for charge in charges)
    if not redeemed and not own:
        return None, {}
    off = [charge.own_off for charge in charges]
    if not redeemed:
        return off, {}
    found = apply_discounts(
        [
            Discountable(
                charge.amount - charge.own_off,
                charge.plan_id,
                charge.component_id,
                charge.component_code,
                charge.quantity,
                charge.subscription_id,
                charge.kind in _DISCOUNTABLE and charge.amount > 0,
            )
            for charge in charges
        ],
        redeemed,
        on,
        currency,
    )
    for discount in found.per_line:
        off[discount.line] += discount.amount
    return off, found.used
