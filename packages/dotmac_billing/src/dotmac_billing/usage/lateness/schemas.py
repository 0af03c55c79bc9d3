"""HTTP shapes of late usage."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from dotmac_core_ops.http import ResponseModel


class LateUsageOut(ResponseModel):
    """Usage of a day that had been billed. When `settled_at` is set, it has been rated again.

    `events` is 0 when no event has changed, but what its day is charged to.
    """

    id: UUID
    subscription_id: UUID
    meter: str
    day: date
    events: int
    created_at: datetime
    settled_at: datetime | None
