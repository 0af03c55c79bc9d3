"""HTTP shapes of issued invoices."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_billing.receivables.states import InvoiceKind, InvoiceStatus
from dotmac_core_ops.http import JsonMoney, ResponseModel


class InvoiceOut(ResponseModel):
    """An invoice. The period is half-open; one made by hand has none."""

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
    currency: str
    net: JsonMoney
    tax: JsonMoney
    total: JsonMoney
    amount_paid: JsonMoney
    amount_due: JsonMoney
    historical: bool


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
    """A line; `net` is before tax, the tax rate a fraction."""

    id: UUID
    position: int
    item_id: UUID | None
    component_id: UUID | None
    description: str
    quantity: JsonMoney
    unit_price: JsonMoney
    net: JsonMoney
    tax_code: str | None
    tax_rate: JsonMoney | None
    period_start: date | None
    period_end: date | None
