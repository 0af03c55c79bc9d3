"""HTTP shapes of starting a subscription."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from dotmac_billing.catalog.schemas import Code
from dotmac_billing.invoicing.service import MOST_PREVIEWED
from dotmac_billing.signups.wanted import MOST_COUPONS, SignUp
from dotmac_billing.subscriptions.schemas import Day, ItemIn
from dotmac_billing.subscriptions.starting import MOST_ITEMS, StartItem
from dotmac_core_ops.http import RequestModel

_CUSTOMER, _PLAN = "01934f5e-7a10-7c3e-9d55-3f2b8c1d0e01", "01934f5e-7a10-7c3e-9d55-3f2b8c1d0e02"
_EXAMPLE: dict[str, Any] = {
    "customer_id": _CUSTOMER,
    "plan_id": _PLAN,
    "start_on": "2026-12-01",
    "coupon_codes": ["WELCOME10"],
}


class SubscriptionIn(RequestModel):
    """What to subscribe to. Without `items` every component of the plan, once.

    Without `plan_version_id` it is the plan's newest version; without `start_on` it starts today.
    `coupon_codes` are redeemed for this subscription; one that cannot be refuses the start.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    customer_id: UUID
    plan_id: UUID
    plan_version_id: UUID | None = None
    start_on: Day | None = None
    anchor_on: Annotated[
        Day | None, Field(description="The day that periods are counted from; normally the start.")
    ] = None
    end_on: Annotated[Day | None, Field(description="First day not served.")] = None
    items: Annotated[list[ItemIn], Field(max_length=MOST_ITEMS)] = []
    external_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    has_trial: Annotated[bool, Field(description="False leaves out the plan's trial.")] = True
    term_months: Annotated[int, Field(ge=1, le=1200)] | None = None
    renews: Annotated[bool | None, Field(description="Whether the term goes on; see the plan.")] = (
        None
    )
    coupon_codes: Annotated[
        list[Code], Field(max_length=MOST_COUPONS, description="Coupons to redeem for it.")
    ] = []

    def wanted(self) -> SignUp:
        """As a start takes it."""
        said = {name: getattr(self, name) for name in SubscriptionIn.model_fields}
        said["items"] = tuple(StartItem(**dict(item)) for item in self.items)
        said["coupon_codes"] = tuple(self.coupon_codes)
        return SignUp(**said)


class SubscriptionPreviewIn(SubscriptionIn):
    """What to subscribe to, and how many of the first invoices are wanted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "periods": 2}]})

    periods: Annotated[int, Field(ge=1, le=MOST_PREVIEWED, examples=[2])] = 1
