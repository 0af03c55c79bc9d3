"""HTTP shapes of debit notes."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.schemas import Price
from dotmac_billing.debit_notes.service import LineDebit
from dotmac_billing.invoicing.schemas import MOST_LINES
from dotmac_billing.subscriptions.schemas import Day, Quantity
from dotmac_core_ops.http import RequestModel


class LineDebitIn(RequestModel):
    """What is added to a line; without `description` in the words of that line."""

    line_id: UUID
    unit_price: Price
    quantity: Quantity = Decimal(1)
    description: Annotated[str, Field(min_length=1, max_length=500)] | None = None

    def line_debit(self) -> LineDebit:
        """As debit notes take it."""
        return LineDebit(**dict(self))


class DebitNoteIn(RequestModel):
    """What is added to an issued invoice. Without `issued_on` today, without `due_on` as usual."""

    invoice_id: UUID
    lines: Annotated[list[LineDebitIn], Field(min_length=1, max_length=MOST_LINES)]
    issued_on: Day | None = None
    due_on: Day | None = None
