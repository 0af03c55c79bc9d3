"""HTTP shapes of drafts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.drafts.states import DraftStatus
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.schemas import MOST_LINES, LineIn
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel


class InvoiceDraftIn(RequestModel):
    """An invoice in the making. Without `issued_on` it gets the day on which it is issued."""

    customer_id: UUID
    lines: Annotated[list[LineIn], Field(max_length=MOST_LINES)] = []
    issued_on: Day | None = None
    due_on: Day | None = None
    memo: Annotated[str, Field(min_length=1, max_length=1000)] | None = None

    def new_invoice(self) -> NewInvoice:
        """As drafts take it."""
        lines = tuple(NewLine(**dict(line)) for line in self.lines)
        return NewInvoice(self.customer_id, lines, self.issued_on, self.due_on)


class DraftCopyIn(RequestModel):
    """The issued invoice whose lines are copied."""

    invoice_id: UUID


class DraftLineOut(ResponseModel):
    """A line of a draft; the price is before tax unless it includes it."""

    description: str
    quantity: JsonMoney
    unit_price: JsonMoney
    tax_code: str | None
    includes_tax: bool


class InvoiceDraftOut(ResponseModel):
    """A draft. `amount` is the sum of its lines before discounts and tax.

    `invoice_id` is the invoice it was issued as.
    """

    id: UUID
    status: DraftStatus
    customer_id: UUID
    currency: str
    amount: JsonMoney
    issued_on: date | None
    due_on: date | None
    lines: list[DraftLineOut]
    memo: str | None
    copied_from_id: UUID | None
    invoice_id: UUID | None
    created_at: datetime
    updated_at: datetime
    version: int
