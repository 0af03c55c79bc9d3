"""How the lines of one invoice get their tax: by our own law, or by what somebody else said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.assembly.line import Charge
from dotmac_billing.tax.sums import Taxed, TaxRounding, taxed
from dotmac_billing.tax.treatment import Treatment

TreatmentOf = Callable[[str | None, date], Treatment | None]
"""The taxes of a tax code or category for one buyer on a day."""

TaxedLines = tuple[Sequence[Treatment | None], Taxed]
"""The treatment of each line, and what they come to."""

TaxLines = Callable[[Sequence[Charge], Sequence[Decimal]], TaxedLines]
"""Taxes the charges of one invoice; the amounts are theirs after discounts."""


class ToTax(NamedTuple):
    """Which invoice it is: whose, of which subscription (the first, of several), for which day."""

    payer_id: UUID
    subscription_id: UUID
    on: date
    currency: str


Taxing = Callable[[ToTax, UUID], tuple[UUID, TaxLines]]
"""How an invoice is taxed; its id may be another one when somebody knows it already."""


def own_taxes(
    treatment_of: TreatmentOf, on: date, currency: str, rounding: TaxRounding
) -> TaxLines:
    """By our own law, as it holds on the day `on`, rounded as `rounding` says.

    What it gives raises `TaxRateMissingError` when a tax has no rate on that day.
    """

    def tax(charges: Sequence[Charge], amounts: Sequence[Decimal]) -> TaxedLines:
        treatments: list[Treatment | None] = []
        lines = []
        for charge, amount in zip(charges, amounts, strict=True):
            treatment = charge.treatment
            if treatment is None and charge.tax_code is not None:
                treatment = treatment_of(charge.tax_code, on)
            treatments.append(treatment)
            lines.append((amount, treatment, charge.includes_tax))
        return treatments, taxed(lines, currency, rounding)

    return tax
