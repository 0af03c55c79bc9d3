"""Facts that discounts announce."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class CouponRedeemed(Event):
    """A customer gets a discount from `starts_on` on, on one subscription or on everything."""

    name: ClassVar[str] = "billing.coupon_redeemed"

    redemption_id: UUID
    coupon_id: UUID
    code: str
    customer_id: UUID
    subscription_id: UUID | None = None
    starts_on: date


class CouponRevoked(Event):
    """A customer does not get a discount any more. Issued invoices keep theirs."""

    name: ClassVar[str] = "billing.coupon_revoked"

    redemption_id: UUID
    coupon_id: UUID
    code: str
    customer_id: UUID
    subscription_id: UUID | None = None
