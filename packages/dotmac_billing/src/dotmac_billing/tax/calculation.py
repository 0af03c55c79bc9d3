"""A document's tax, worked out without making an invoice of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.engine import Taxes
from dotmac_billing.tax.sums import TaxGroup, TaxRounding, taxed
from dotmac_billing.tax.treatment import Treatment
from dotmac_billing.tax.withholding import Withheld, Withholding, withheld
from dotmac_core_ops.money import round_money

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class LineToTax:
    """An amount, and what it is for: a tax's code, a category of products, or None for neither."""

    amount: Decimal
    tax_code: str | None = None
    includes_tax: bool = False


@dataclass(frozen=True)
class CalculatedLine:
    """A line with the key and the combined rate of its treatment; None where there is none."""

    net: Decimal
    tax: Decimal
    tax_code: str | None
    tax_rate: Decimal | None


@dataclass(frozen=True)
class Calculation:
    """What would be charged. `expected` is the total less what is withheld."""

    currency: str
    on: date
    rounding: TaxRounding
    net: Decimal
    tax: Decimal
    total: Decimal
    expected: Decimal
    lines: list[CalculatedLine]
    taxes: list[TaxGroup]
    withheld: list[Withheld]


def calculation(
    lines: Sequence[LineToTax],
    *,
    taxes: Taxes,
    buyer: TaxBuyer,
    withholdings: Sequence[Withholding],
    currency: str,
    on: date,
    rounding: TaxRounding,
) -> Calculation:
    """The tax on `lines`, whose amounts are rounded to the currency first.

    Raises:
        TaxRateMissingError, TaxRuleMissingError, TaxSellerUnknownError: see `Taxes.treatment`.
    """
    treatments = [taxes.treatment(buyer, line.tax_code, on) for line in lines]
    sums = taxed(
        [
            (round_money(line.amount, currency), treatment, line.includes_tax)
            for line, treatment in zip(lines, treatments, strict=True)
        ],
        currency,
        rounding,
    )
    kept = withheld(
        [
            (line.tax_code, net, tax)
            for line, net, tax in zip(lines, sums.nets, sums.taxes, strict=True)
        ],
        withholdings,
        on,
        currency,
    )
    return Calculation(
        currency=currency,
        on=on,
        rounding=rounding,
        net=sums.net,
        tax=sums.tax,
        total=sums.total,
        expected=sums.total - sum((each.amount for each in kept), _NOTHING),
        lines=list(map(_line, sums.nets, sums.taxes, treatments)),
        taxes=sums.groups,
        withheld=kept,
    )


def _line(net: Decimal, tax: Decimal, treatment: Treatment | None) -> CalculatedLine:
    if treatment is None:
        return CalculatedLine(net, tax, None, None)
    return CalculatedLine(net, tax, treatment.key, treatment.rate)
