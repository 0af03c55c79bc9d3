"""Facts about issued invoices that are decided after they were issued."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class InvoiceVoided(Event):
    """An invoice was made void: it keeps its number, nothing is owed on it, its entry is reversed.

    With `rebilled` its lines wait for the next invoice.
    """

    name: ClassVar[str] = "billing.invoice_voided"

    invoice_id: UUID
    number: str
    customer_id: UUID
    subscription_id: UUID | None = None
    currency: str
    total: Decimal
    voided_on: date
    rebilled: bool = False


class InvoiceWrittenOff(Event):
    """Part of what was due on an invoice, or all of it, was given up."""

    name: ClassVar[str] = "billing.invoice_written_off"

    invoice_id: UUID
    number: str
    customer_id: UUID
    currency: str
    amount: Decimal
    amount_due: Decimal
    occurred_on: date


class InvoiceRecovered(Event):
    """What had been given up on an invoice, or a part of it, is owed again."""

    name: ClassVar[str] = "billing.invoice_recovered"

    invoice_id: UUID
    number: str
    customer_id: UUID
    currency: str
    amount: Decimal
    amount_due: Decimal
    occurred_on: date


class InvoiceUncollectible(Event):
    """Nobody expects an invoice to be paid any more; it is still owed."""

    name: ClassVar[str] = "billing.invoice_uncollectible"

    invoice_id: UUID
    number: str
    customer_id: UUID
    currency: str
    amount_due: Decimal


class InvoiceSent(Event):
    """An invoice is to be sent to its customer, for the first time or again."""

    name: ClassVar[str] = "billing.invoice_sent"

    invoice_id: UUID
    number: str
    customer_id: UUID
    to: str | None = None
    again: bool = False


class InvoiceOverdue(Event):
    """The last day to pay has passed with something due; announced once for each invoice."""

    name: ClassVar[str] = "billing.invoice_overdue"

    invoice_id: UUID
    number: str
    customer_id: UUID
    subscription_id: UUID | None = None
    currency: str
    amount_due: Decimal
    due_on: date
