"""HTTP shapes of discounts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.schemas import Code, Name, RateFraction
from dotmac_billing.discounts.coupon import NewCoupon
from dotmac_billing.discounts.models import Coupon, CouponRedemption
from dotmac_billing.discounts.terms import (
    CouponStatus,
    DiscountDuration,
    DiscountKind,
    RedemptionStatus,
    VolumeTier,
)
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.subscriptions.schemas import Day, Quantity
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

CouponCode = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        description="Capitals make no difference.",
        examples=["WELCOME10"],
    ),
]
DiscountAmount = Annotated[JsonMoney, Field(gt=0, le=10**12, decimal_places=4, examples=[5.00])]
Limit = Annotated[int, Field(ge=1, le=2_000_000_000, examples=[100])]
Amounts = Annotated[
    dict[CurrencyCode, DiscountAmount],
    Field(max_length=50, description="By currency.", examples=[{"EUR": 5.00}]),
]


class TierIn(RequestModel):
    """From `above` units on (that many not included), the fraction that is taken off."""

    above: Annotated[JsonMoney, Field(ge=0, le=10**12, decimal_places=9, examples=[10])]
    percent_off: RateFraction


class CouponIn(RequestModel):
    """A coupon: a percentage, a fixed amount by currency, or percentages by quantity.

    `once` is for one invoice, `repeating` for `periods` of them. What an invoice does not need of a
    fixed amount is lost, unless it `carries_over`. Several discounts on an invoice are taken off by
    `priority`, the lowest first, each from what is left. Empty lists do not narrow.
    """

    code: CouponCode
    name: Name
    kind: DiscountKind = DiscountKind.PERCENT
    percent_off: RateFraction | None = None
    amounts: Amounts = {}
    tiers: Annotated[list[TierIn], Field(max_length=50)] = []
    duration: DiscountDuration = DiscountDuration.ONCE
    periods: Annotated[int, Field(ge=1, le=1200)] | None = None
    carries_over: bool = False
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    plan_ids: Annotated[list[UUID], Field(max_length=100)] = []
    component_codes: Annotated[list[Code], Field(max_length=100)] = []
    currencies: Annotated[list[CurrencyCode], Field(max_length=50)] = []
    minimums: Annotated[
        Amounts, Field(description="What an invoice must come to, before discounts.")
    ] = {}
    opens_on: Annotated[Day | None, Field(description="First day to redeem it.")] = None
    closes_on: Annotated[Day | None, Field(description="First day too late to redeem it.")] = None
    ends_on: Annotated[Day | None, Field(description="First day nobody has it any more.")] = None
    most_redemptions: Limit | None = None
    most_per_customer: Limit | None = None
    first_time_only: bool = False

    def new_coupon(self) -> NewCoupon:
        """As discounts take it."""
        given = dict(self)
        given["tiers"] = tuple(VolumeTier(tier.above, tier.percent_off) for tier in self.tiers)
        for name in ("plan_ids", "component_codes", "currencies"):
            given[name] = tuple(given[name])
        return NewCoupon(**given)


class CouponChangeIn(RequestModel):
    """What may change of a coupon; what is left out stays."""

    name: Name | None = None
    closes_on: Day | None = None
    most_redemptions: Limit | None = None
    most_per_customer: Limit | None = None


class TierOut(ResponseModel):
    """See `TierIn`."""

    above: JsonMoney
    percent_off: JsonMoney


class CouponOut(ResponseModel):
    """A coupon, and how often it was redeemed; `status` does not look at the days."""

    id: UUID
    code: str
    name: str
    kind: DiscountKind
    percent_off: JsonMoney | None
    amounts: dict[str, JsonMoney]
    tiers: list[TierOut]
    duration: DiscountDuration
    periods: int | None
    carries_over: bool
    priority: int
    plan_ids: list[UUID]
    component_codes: list[str]
    currencies: list[str]
    minimums: dict[str, JsonMoney]
    opens_on: date | None
    closes_on: date | None
    ends_on: date | None
    most_redemptions: int | None
    most_per_customer: int | None
    first_time_only: bool
    redemptions: int
    status: CouponStatus
    archived_at: datetime | None
    created_at: datetime
    version: int

    @classmethod
    def of(cls, coupon: Coupon) -> CouponOut:
        """As it is shown."""
        plain = {
            name: getattr(coupon, name)
            for name in cls.model_fields
            if name not in {"amounts", "minimums", "tiers"}
        }
        return cls(
            **plain,
            amounts={currency: Decimal(amount) for currency, amount in coupon.amounts.items()},
            minimums={currency: Decimal(amount) for currency, amount in coupon.minimums.items()},
            tiers=[
                TierOut(above=Decimal(above), percent_off=Decimal(off))
                for above, off in coupon.tiers
            ],
        )


class RedeemIn(RequestModel):
    """Which coupon; for a subscription or one of its components, or else for all there is.

    Without `starts_on` it holds from the first bill of a new subscription, else from today on.
    """

    code: CouponCode
    subscription_id: UUID | None = None
    component: Code | None = None
    starts_on: Day | None = None


class RedemptionOut(ResponseModel):
    """A discount that a customer has. `taken_off` is what it came to so far, on `uses` invoices.

    `uses_left` null is without end; `amount_left` is what is left of an amount that carries over.
    """

    id: UUID
    coupon_id: UUID
    code: str
    name: str
    customer_id: UUID
    subscription_id: UUID | None
    component: str | None
    currency: str
    starts_on: date
    ends_on: date | None
    uses: int
    uses_left: int | None
    taken_off: JsonMoney
    amount_left: JsonMoney | None
    status: RedemptionStatus
    redeemed_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, redemption: CouponRedemption, coupon: Coupon) -> RedemptionOut:
        """As it is shown."""
        plain = {
            name: getattr(redemption, name)
            for name in cls.model_fields
            if name not in {"code", "name", "component"}
        }
        return cls(**plain, code=coupon.code, name=coupon.name, component=redemption.component_code)


class PreviewItemIn(RequestModel):
    """How many of a component of the plan."""

    component: Code
    quantity: Quantity = Decimal(1)


class CouponPreviewIn(RequestModel):
    """A coupon on a plan. Components not among `items` count once; usage only if it is named."""

    code: CouponCode
    plan_id: UUID
    plan_version_id: UUID | None = None
    items: Annotated[list[PreviewItemIn], Field(max_length=100)] = []
    currency: CurrencyCode | None = None


class CouponPreviewLineOut(ResponseModel):
    """A component for a full period, before tax."""

    component: str
    name: str
    quantity: JsonMoney
    amount: JsonMoney
    discount: JsonMoney
    net: JsonMoney


class CouponPreviewOut(ResponseModel):
    """What the coupon takes off a full period, before tax."""

    currency: str
    lines: list[CouponPreviewLineOut]
    amount: JsonMoney
    discount: JsonMoney
    net: JsonMoney
