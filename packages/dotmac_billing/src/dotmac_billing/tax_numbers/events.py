"""Facts about tax numbers of customers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class TaxNumberStatusChanged(Event):
    """A look at a customer's tax number found it to be good no more, or good again.

    It holds for invoices from now on; those that were issued stay as they are. `outcome` is what
    the register said: valid, invalid, or unavailable where the settings let nothing count then.
    """

    name: ClassVar[str] = "billing.tax_number_status_changed"

    customer_id: UUID
    country: str
    number: str
    is_valid: bool
    outcome: str
    checked_at: datetime
