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


class SubscriptionChanged(Event):
    """Something else is subscribed to from `effective_on` on, which may lie ahead.

    `kind` is what was changed (`quantity`, `price`, `add_item`, `remove_item`, `plan`, …) and
    `direction` whether a month costs more (`up`), less (`down`) or the same (`sideways`).
    """

    name: ClassVar[str] = "billing.subscription_changed"

    subscription_id: UUID
    customer_id: UUID
    number: str
    change_id: UUID
    kind: str
    effective_on: date
    direction: str | None = None
    is_withdrawn: bool = False


class SubscriptionPaused(Event):
    """A subscription is neither served nor charged from `paused_on` on, until it is resumed."""

    name: ClassVar[str] = "billing.subscription_paused"

    subscription_id: UUID
    customer_id: UUID
    number: str
    paused_on: date
    resume_on: date | None = None


class SubscriptionResumed(Event):
    """A paused or ended subscription is served and charged again from `resume_on` on."""

    name: ClassVar[str] = "billing.subscription_resumed"

    subscription_id: UUID
    customer_id: UUID
    number: str
    resume_on: date


class SubscriptionRenewed(Event):
    """A term is over and the next one, up to `term_end_on`, has begun."""

    name: ClassVar[str] = "billing.subscription_renewed"

    subscription_id: UUID
    customer_id: UUID
    number: str
    renewed_on: date
    term_end_on: date | None = None


class SubscriptionExpired(Event):
    """A term that was agreed is over; the subscription is not served any more."""

    name: ClassVar[str] = "billing.subscription_expired"

    subscription_id: UUID
    customer_id: UUID
    number: str
    end_on: date


class SubscriptionTransferred(Event):
    """A customer's subscription goes on as another one's, under a new id, from `on` on."""

    name: ClassVar[str] = "billing.subscription_transferred"

    subscription_id: UUID
    customer_id: UUID
    number: str
    new_subscription_id: UUID
    new_customer_id: UUID
    on: date


class TrialEnding(Event):
    """A trial ends soon; `has_payment_method` tells whether its customer can be charged then."""

    name: ClassVar[str] = "billing.trial_ending"

    subscription_id: UUID
    customer_id: UUID
    number: str
    trial_end_on: date
    has_payment_method: bool
