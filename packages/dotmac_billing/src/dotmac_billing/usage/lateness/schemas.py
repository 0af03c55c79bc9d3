"""HTTP shapes of late usage."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from dotmac_core_ops.http import ResponseModel


class LateUsageOut(ResponseModel):
    """Usage of a day that had been billed. When `settled_at` is set, it has been rated again."""

    id: UUID
    subscription_id: UUID
    meter: str
    day: date
    events: int
    created_at: datetime
    settled_at: datetime | None
