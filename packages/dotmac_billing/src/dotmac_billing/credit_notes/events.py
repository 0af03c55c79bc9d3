"""Facts that credit notes announce."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class CreditNoteIssued(Event):
    """Something was taken back of an invoice.

    `settled` of `total` took off what was due on it, `credited` is for later invoices, and
    `to_refund` is to be paid back to the customer.
    """

    name: ClassVar[str] = "billing.credit_note_issued"

    credit_note_id: UUID
    number: str
    invoice_id: UUID
    customer_id: UUID
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    settled: Decimal
    credited: Decimal
    to_refund: Decimal
    reason: str
    issued_on: date


class CreditNoteRefunded(Event):
    """What a credit note left to be paid back, or a part of it, was paid back."""

    name: ClassVar[str] = "billing.credit_note_refunded"

    credit_note_id: UUID
    customer_id: UUID
    currency: str
    amount: Decimal
    paid_on: date
