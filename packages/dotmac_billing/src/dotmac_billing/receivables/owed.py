"""What is still owed, for others to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from dotmac_billing.receivables.states import InvoiceStatus


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice that is not paid in full; `amount_due` is what is left of it."""

    id: UUID
    number: str
    customer_id: UUID
    currency: str
    issued_on: date
    due_on: date
    amount_due: Decimal


@dataclass(frozen=True)
class HeldInvoice:
    """An issued invoice that nobody else changes meanwhile, and how it stands.

    `time_zone` is the customer's.
    """

    id: UUID
    number: str
    kind: str
    subscription_id: UUID | None
    issued_on: date
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    historical: bool
    customer_id: UUID
    status: InvoiceStatus
    amount_paid: Decimal
    amount_due: Decimal
    amount_credited: Decimal
    amount_written_off: Decimal
    due_on: date
    sent_at: datetime | None
    time_zone: str
