"""What somebody subscribes to, with the codes of the coupons they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dotmac_billing.subscriptions.starting import StartItem

MOST_COUPONS = 20


@dataclass(frozen=True)
class SignUp:
    """A subscription to be, to what the plan offers today or to one version of it.

    `start_on` None is today in the customer's zone; the rest is as in `StartSubscription`. Each of
    `coupon_codes` is redeemed for this subscription alone, in their order; capitals make no
    difference.
    """

    customer_id: UUID
    plan_id: UUID
    plan_version_id: UUID | None = None
    start_on: date | None = None
    anchor_on: date | None = None
    end_on: date | None = None
    items: tuple[StartItem, ...] = ()
    external_id: str | None = None
    has_trial: bool = True
    term_months: int | None = None
    renews: bool | None = None
    coupon_codes: tuple[str, ...] = ()
