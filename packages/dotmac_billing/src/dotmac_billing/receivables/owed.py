"""What is still owed, for others to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


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
