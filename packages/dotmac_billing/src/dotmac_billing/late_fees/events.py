"""Facts about late fees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class LateFeeCharged(Event):
    """A fee for paying late waits for the customer's next invoice; the days are half-open."""

    name: ClassVar[str] = "billing.late_fee_charged"

    invoice_id: UUID
    number: str
    customer_id: UUID
    currency: str
    amount: Decimal
    from_on: date
    to_on: date


class LateFeesWaived(Event):
    """Nothing more is charged for an invoice being late; what waited was withdrawn."""

    name: ClassVar[str] = "billing.late_fees_waived"

    invoice_id: UUID
    number: str
    customer_id: UUID
    withdrawn: int
