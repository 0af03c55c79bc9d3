"""HTTP shapes of subscriptions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.schemas import Code, Price
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ComponentKind
from dotmac_billing.subscriptions.starting import EARLIEST, LATEST
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

Day = Annotated[date, Field(ge=EARLIEST, le=LATEST, examples=["2026-12-01"])]
Quantity = Annotated[JsonMoney, Field(gt=0, le=10**12, decimal_places=9, examples=[1])]


class ItemIn(RequestModel):
    """A component of the plan. `agreed_price` replaces the list price of a unit and period."""

    component: Code
    quantity: Quantity = Decimal(1)
    agreed_price: Price | None = None
    description: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    starts_on: Day | None = None
    ends_on: Annotated[Day | None, Field(description="First day not charged.")] = None


class ItemOut(ResponseModel):
    """A component subscribed to. Charged for a unit: `agreed_price`, or else `list_price`."""

    id: UUID
    component: str
    description: str
    kind: ComponentKind
    quantity: JsonMoney
    list_price: JsonMoney
    agreed_price: JsonMoney | None
    tax_code: str | None
    starts_on: date | None
    ends_on: date | None
    phase: str | None = None
    percent_off: JsonMoney | None = None


class SubscriptionOut(ResponseModel):
    """A subscription. From `end_on` on it is not served; without `next_bill_on` all is billed."""

    id: UUID
    number: str
    customer_id: UUID
    plan_version_id: UUID
    status: SubscriptionStatus
    currency: str
    cycle: BillingCycle
    timing: BillingTiming
    time_zone: str
    start_on: date
    anchor_on: date
    end_on: date | None
    next_bill_on: date | None
    external_id: str | None
    cancelled_at: datetime | None
    cancel_reason: str | None = None
    trial_end_on: date | None = None
    paused_on: date | None = None
    resume_on: date | None = None
    term_months: int | None = None
    term_end_on: date | None = None
    renews: bool = True
    payer_id: UUID | None = None
    access_until: date | None = None
    transferred_from_id: UUID | None = None
    created_at: datetime
    version: int


class SubscriptionDetailOut(SubscriptionOut):
    """A subscription with its items in order."""

    items: list[ItemOut]
