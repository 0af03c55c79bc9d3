"""Facts of usage that others may want to know."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class UsageThresholdReached(Event):
    """A subscription's usage of a period has reached what an alert was set to; once in a period.

    `percent` says of what was included `quantity` is so many per cent, if the alert was set so.
    """

    name: ClassVar[str] = "billing.usage_threshold_reached"

    alert_id: UUID
    subscription_id: UUID
    customer_id: UUID
    meter: str
    threshold: Decimal
    quantity: Decimal
    percent: Decimal | None
    period_start: date
    period_end: date
