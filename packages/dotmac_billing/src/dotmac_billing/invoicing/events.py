"""Facts that invoicing announces."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class InvoiceIssued(Event):
    """An invoice was issued. `amount_due` is what remains after credit the customer had.

    `historical` marks an invoice that was made afterwards, for the books: nobody is notified of it.
    """

    name: ClassVar[str] = "billing.invoice_issued"

    invoice_id: UUID
    number: str
    customer_id: UUID
    subscription_id: UUID | None = None
    currency: str
    total: Decimal
    amount_due: Decimal
    issued_on: date
    due_on: date
    historical: bool = False
