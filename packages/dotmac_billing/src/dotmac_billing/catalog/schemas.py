"""HTTP shapes of the catalogue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.plan import HIGHEST_PRICE, MOST_COMPONENTS, NewComponent, NewTerms
from dotmac_billing.catalog.terms import (
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    PricingModel,
)
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

Code = Annotated[str, Field(min_length=1, max_length=64, examples=["FIBER-100"])]
Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Fiber 100"])]
Price = Annotated[JsonMoney, Field(ge=0, le=HIGHEST_PRICE, decimal_places=12, examples=[49.90])]
RateFraction = Annotated[
    JsonMoney,
    Field(ge=0, le=1, decimal_places=6, description="A fraction: 0.2 is 20 %.", examples=[0.2]),
]


class ComponentIn(RequestModel):
    """A priced part of a plan."""

    code: Code
    name: Name
    unit_price: Price
    kind: ComponentKind = ComponentKind.RECURRING
    model: ChargeModel = ChargeModel.FLAT
    tax_code: Code | None = None


class TermsIn(RequestModel):
    """A version of a plan. Without `currency` the tenant's, without `available_from` today."""

    components: Annotated[list[ComponentIn], Field(min_length=1, max_length=MOST_COMPONENTS)]
    cycle: BillingCycle = BillingCycle.MONTHLY
    timing: BillingTiming = BillingTiming.ADVANCE
    currency: CurrencyCode | None = None
    pricing_model: PricingModel = PricingModel.FLAT_RATE
    available_from: date | None = None

    def terms(self) -> NewTerms:
        """As the catalogue takes them."""
        return NewTerms(
            components=tuple(NewComponent(**dict(part)) for part in self.components),
            cycle=self.cycle,
            timing=self.timing,
            currency=self.currency,
            pricing_model=self.pricing_model,
            available_from=self.available_from,
        )


class PlanIn(TermsIn):
    """A plan with its first version."""

    code: Code
    name: Name
    description: Annotated[str, Field(max_length=2000)] | None = None
    is_public: bool = True


class ComponentOut(ResponseModel):
    """A component that can be subscribed to by its code."""

    id: UUID
    code: str
    name: str
    kind: ComponentKind
    model: ChargeModel
    unit_price: JsonMoney
    tax_code: str | None


class VersionOut(ResponseModel):
    """A version of a plan; it never changes."""

    id: UUID
    version: int
    pricing_model: PricingModel
    cycle: BillingCycle
    timing: BillingTiming
    currency: str
    available_from: date
    components: list[ComponentOut]


class PlanOut(ResponseModel):
    """A plan. From `retired_on` on it is not offered any more."""

    id: UUID
    code: str
    name: str
    description: str | None
    is_public: bool
    retired_on: date | None
    created_at: datetime


class PlanDetailOut(PlanOut):
    """A plan with its versions, newest first."""

    versions: list[VersionOut]


class RetireIn(RequestModel):
    """From when the plan is not offered any more; its subscriptions go on."""

    on: date


class TaxRateIn(RequestModel):
    """A tax's rate from a day on. It comes on top of prices."""

    code: Code
    rate: RateFraction
    valid_from: date
    name: Name | None = None


class TaxRateOut(ResponseModel):
    """A tax's rate from a day on, until the next rate of its code."""

    id: UUID
    code: str
    name: str
    rate: JsonMoney
    valid_from: date
    created_at: datetime
