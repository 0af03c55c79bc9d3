"""Facts that payments announce."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class PaymentReceived(Event):
    """A payment was recorded. `unapplied` of it pays no invoice yet.

    `historical` marks one that was brought in from elsewhere: nobody is notified of it.
    """

    name: ClassVar[str] = "billing.payment_received"

    payment_id: UUID
    customer_id: UUID
    currency: str
    amount: Decimal
    unapplied: Decimal
    method: str
    received_on: date
    historical: bool = False


class InvoicePaid(Event):
    """A payment covered the rest of an invoice. One paid from credit was announced with due 0."""

    name: ClassVar[str] = "billing.invoice_paid"

    invoice_id: UUID
    customer_id: UUID
    number: str
    currency: str
    total: Decimal
    paid_on: date
    historical: bool = False
