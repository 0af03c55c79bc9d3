"""Our own engine in the form of a tax service."""

from __future__ import annotations

from collections.abc import Sequence

from dotmac_billing.tax.documents import TaxableDocument, TaxedDocument, TaxNotCalculated
from dotmac_billing.tax.engine import Taxes
from dotmac_billing.tax.sums import taxed
from dotmac_core_ops.errors import DomainError


class OwnTaxCalculator:
    """Works out tax by the tenant's rates and rules; a `TaxCalculator`."""

    def __init__(self, taxes: Taxes) -> None:
        self._taxes = taxes

    async def calculate(
        self, documents: Sequence[TaxableDocument]
    ) -> Sequence[TaxedDocument | TaxNotCalculated]:
        """The documents with their tax, in their order."""
        return [self._calculated(document) for document in documents]

    def _calculated(self, document: TaxableDocument) -> TaxedDocument | TaxNotCalculated:
        try:
            treatments = tuple(
                self._taxes.treatment(document.buyer, line.tax_code, document.on)
                if line.given is None
                else line.given.treatment
                for line in document.lines
            )
        except DomainError as refusal:
            return TaxNotCalculated(document.id, refusal)
        sums = taxed(
            [
                (line.amount, treatment, line.includes_tax)
                for line, treatment in zip(document.lines, treatments, strict=True)
            ],
            document.currency,
            document.rounding,
        )
        return TaxedDocument(document.id, treatments, sums)
