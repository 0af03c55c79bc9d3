"""HTTP shapes of billing's customers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dotmac_core_ops.http import ResponseModel


class BillingCustomerOut(ResponseModel):
    """A payer. `payment_terms_days` null means the tenant's terms."""

    id: UUID
    code: str
    name: str
    company_name: str | None
    email: str | None
    phone: str | None
    currency: str
    time_zone: str
    country: str | None
    payment_terms_days: int | None
    created_at: datetime
    version: int
