"""HTTP shapes of issued invoices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_billing.receivables.states import InvoiceKind, InvoiceStatus, LineKind
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel


class InvoiceOut(ResponseModel):
    """An invoice. The period is half-open; one made by hand has none.

    `status` is as of today: `overdue` when something is due after the last day to pay.
    `amount_paid` is all that settled it; `amount_credited` is the sum of its credit notes.
    `corrects_id` is the invoice that a debit note adds to.
    """

    id: UUID
    number: str
    status: InvoiceStatus
    kind: InvoiceKind
    customer_id: UUID
    customer_name: str
    subscription_id: UUID | None
    period_start: date | None
    period_end: date | None
    issued_on: date
    due_on: date
    paid_on: date | None
    sent_at: datetime | None
    currency: str
    net: JsonMoney
    tax: JsonMoney
    total: JsonMoney
    amount_paid: JsonMoney
    amount_due: JsonMoney
    amount_credited: JsonMoney
    amount_written_off: JsonMoney
    corrects_id: UUID | None
    historical: bool


class SeriesOut(ResponseModel):
    """A series of numbers, such as `invoice` or `invoice/2026`.

    `skipped` numbers were left out on purpose when the next one was raised.
    """

    series: str
    next_number: int
    skipped: int


class NextNumberIn(RequestModel):
    """The next number of a kind of documents; `year` of the series when numbers reset yearly."""

    next_number: Annotated[int, Field(ge=1, le=10**15, examples=[1001])]
    year: Annotated[int, Field(ge=2000, le=9999)] | None = None


class InvoiceTotalsOut(ResponseModel):
    """How many invoices of a currency match, and what they sum to."""

    currency: str
    invoices: int
    net: JsonMoney
    tax: JsonMoney
    total: JsonMoney
    amount_paid: JsonMoney
    amount_credited: JsonMoney
    amount_written_off: JsonMoney
    amount_due: JsonMoney


class InvoiceTaxOut(ResponseModel):
    """The tax on all lines of one code and rate; the rate is a fraction."""

    tax_code: str
    rate: JsonMoney
    net: JsonMoney
    tax: JsonMoney


class InvoiceDetailOut(InvoiceOut):
    """An invoice with its taxes and the ids of its lines, in order."""

    line_ids: list[UUID]
    taxes: list[InvoiceTaxOut]


class InvoiceLineOut(ResponseModel):
    """A line; `net` is `gross` less `discount`, before tax, the tax rate a fraction.

    `explanation` says how the amount comes about; `reverses_line_id` is the line that this one
    takes back.
    """

    id: UUID
    position: int
    kind: LineKind
    item_id: UUID | None
    component_id: UUID | None
    subscription_id: UUID | None
    description: str
    quantity: JsonMoney
    unit_price: JsonMoney
    gross: JsonMoney
    discount: JsonMoney
    net: JsonMoney
    tax_code: str | None
    tax_rate: JsonMoney | None
    tax: JsonMoney | None
    period_start: date | None
    period_end: date | None
    explanation: dict[str, Any] | None
    reverses_line_id: UUID | None
