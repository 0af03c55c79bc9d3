"""What a tax service was asked about invoices to come, and what it answered.

Invoices are put together twice: first to note what must be asked, then with the answers. What
changed in between has no answer, and must be asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from dotmac_billing.assembly.line import Charge
from dotmac_billing.assembly.taxing import TaxedLines, TaxLines, ToTax
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_billing.tax.documents import (
    GivenTax,
    TaxableDocument,
    TaxableLine,
    TaxedDocument,
    TaxNotCalculated,
)
from dotmac_billing.tax.errors import TaxLinesChangedError
from dotmac_billing.tax.sums import Taxed, taxed

_NOTHING = Decimal(0)


@dataclass(slots=True)
class Asked:
    """An invoice to come, as it was asked about; `document` is set when it was."""

    id: UUID
    about: ToTax
    lines: tuple[TaxableLine, ...]
    document: TaxableDocument | None = None
    answer: TaxedDocument | TaxNotCalculated | None = None


Questions = list[tuple[Asked, TaxableDocument]]
"""What is asked, with the documents that ask it."""


class TaxAnswers:
    """Questions and answers of one unit of work; `codes` is what `service` calls categories."""

    def __init__(self, service: TaxCalculatorName, codes: Mapping[str, str | None]) -> None:
        self.service = service
        self._codes = codes
        self._asked: dict[ToTax, Asked] = {}

    def note(self, about: ToTax, invoice_id: UUID) -> tuple[UUID, TaxLines]:
        """A `Taxing` that charges no tax, and notes what is to be asked."""
        known = self._asked.get(about)
        own_id = invoice_id if known is None else known.id

        def noted(charges: Sequence[Charge], amounts: Sequence[Decimal]) -> TaxedLines:
            lines = self._lines(charges, amounts, about.currency)
            if _is_taxable(lines) and (known is None or known.lines != lines):
                self._asked[about] = Asked(own_id, about, lines)
            return _untaxed(amounts)

        return own_id, noted

    def give(self, about: ToTax, invoice_id: UUID) -> tuple[UUID, TaxLines]:
        """A `Taxing` by the answers; the invoice has the id under which it was asked about.

        What it gives raises `TaxLinesChangedError` for what was not asked like this, and the
        service's own refusal.
        """
        known = self._asked.get(about)

        def given(charges: Sequence[Charge], amounts: Sequence[Decimal]) -> TaxedLines:
            lines = self._lines(charges, amounts, about.currency)
            if not _is_taxable(lines):
                return _untaxed(amounts)
            if known is None or known.lines != lines or known.answer is None:
                raise TaxLinesChangedError
            if isinstance(known.answer, TaxNotCalculated):
                raise known.answer.refusal
            return known.answer.treatments, known.answer.sums

        return (invoice_id if known is None else known.id), given

    def unanswered(self) -> list[Asked]:
        """What is to be asked."""
        return [one for one in self._asked.values() if one.answer is None]

    def kept(self, invoice_ids: Collection[UUID]) -> list[TaxableDocument]:
        """Of these invoices, the documents that the service knows."""
        return [
            one.document
            for one in self._asked.values()
            if one.id in invoice_ids and one.document is not None
        ]

    def forget(self, invoice_ids: Collection[UUID] | None = None) -> None:
        """These invoices are issued; without any, everything is to be asked anew."""
        self._asked = {
            about: one
            for about, one in self._asked.items()
            if invoice_ids is not None and one.id not in invoice_ids
        }

    def _lines(
        self, charges: Sequence[Charge], amounts: Sequence[Decimal], currency: str
    ) -> tuple[TaxableLine, ...]:
        return tuple(
            TaxableLine(
                amount,
                charge.tax_code,
                charge.description,
                charge.quantity,
                charge.includes_tax,
                None if charge.tax_code is None else self._codes.get(charge.tax_code),
                _given(charge, amount, currency),
            )
            for charge, amount in zip(charges, amounts, strict=True)
        )


def facts_of(document: TaxableDocument) -> dict[str, Any]:
    """What must be known to take a part of the document back later."""
    return {
        "customer_code": document.customer_code,
        "tax_id": document.tax_id,
        "ship_from": asdict(document.ship_from),
        "ship_to": asdict(document.ship_to),
        "codes": [line.external_code for line in document.lines],
    }


def _given(charge: Charge, amount: Decimal, currency: str) -> GivenTax | None:
    if charge.treatment is None:
        return None
    line = (amount, charge.treatment, charge.includes_tax)
    return GivenTax(charge.treatment, taxed([line], currency, TaxRounding.LINE).tax)


def _is_taxable(lines: Sequence[TaxableLine]) -> bool:
    return any(line.tax_code is not None or line.given is not None for line in lines)


def _untaxed(amounts: Sequence[Decimal]) -> TaxedLines:
    net = sum(amounts, _NOTHING)
    nothing = [_NOTHING] * len(amounts)
    return [None] * len(amounts), Taxed(list(amounts), nothing, [], net, _NOTHING, net)
