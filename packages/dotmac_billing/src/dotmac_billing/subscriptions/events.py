"""Facts about subscriptions."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class SubscriptionStarted(Event):
    """A customer has agreed to pay for a plan from `start_on` on, which may lie ahead.

    `historical` when that day was past already: something brought in later, nobody need be told.
    """

    name: ClassVar[str] = "billing.subscription_started"

    subscription_id: UUID
    customer_id: UUID
    plan_version_id: UUID
    number: str
    start_on: date
    historical: bool = False


class SubscriptionCancelled(Event):
    """A subscription will not be served any more from `end_on` on, which may lie ahead."""

    name: ClassVar[str] = "billing.subscription_cancelled"

    subscription_id: UUID
    customer_id: UUID
    number: str
    end_on: date
    historical: bool = False
