"""HTTP answers about the catalogue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.entitlements import EntitlementKind
from dotmac_billing.catalog.plan import Feature
from dotmac_billing.catalog.terms import (
    Alignment,
    BillingCycle,
    BillingTiming,
    ChangeBehaviour,
    ChangeDirection,
    ChargeModel,
    ComponentKind,
    PhaseKind,
    PhaseUnit,
    PricingModel,
    Rollout,
    TrialEnd,
)
from dotmac_core_ops.http import JsonMoney, ResponseModel


class ComponentOut(ResponseModel):
    """A component that can be subscribed to by its code."""

    id: UUID
    code: str
    name: str
    kind: ComponentKind
    model: ChargeModel
    unit_price: JsonMoney
    tax_code: str | None
    cycle: BillingCycle
    timing: BillingTiming
    prices: dict[str, dict[str, Any]]
    meter: str | None
    filters: dict[str, list[str]]
    group_by: list[str]
    phases: list[str]
    is_prorated: bool
    includes_tax: bool


class PhaseOut(ResponseModel):
    """A stretch of every subscription to the plan."""

    code: str
    kind: PhaseKind
    length: int | None
    unit: PhaseUnit | None
    percent_off: JsonMoney | None
    requires_payment_method: bool
    without_payment_method: TrialEnd


class RuleOut(ResponseModel):
    """What becomes of a change from one plan to another; without direction, of any."""

    from_what: Annotated[str, Field(serialization_alias="from", examples=["plan:FIBER-100"])]
    to_what: Annotated[str, Field(serialization_alias="to", examples=["*"])]
    direction: ChangeDirection | None
    behaviour: ChangeBehaviour


class ThresholdsOut(ResponseModel):
    """When usage is billed before its period is over; see `ThresholdsIn`."""

    amounts: dict[str, list[JsonMoney]]
    every: dict[str, JsonMoney]
    quantities: dict[str, JsonMoney]


class VersionOut(ResponseModel):
    """A version of a plan; it never changes."""

    id: UUID
    version: int
    pricing_model: PricingModel
    cycle: BillingCycle
    timing: BillingTiming
    currency: str
    available_from: date
    phases: list[PhaseOut]
    alignment: Alignment
    term_months: int | None
    renews: bool
    termination_fee: dict[str, JsonMoney]
    add_on_to: list[str]
    features: dict[str, Feature]
    rollout: Rollout
    rollout_on: date | None
    change_rules: list[RuleOut]
    thresholds: ThresholdsOut
    components: list[ComponentOut]


class PlanOut(ResponseModel):
    """A plan. From `retired_on` on it is not offered any more."""

    id: UUID
    code: str
    name: str
    description: str | None
    is_public: bool
    is_add_on: bool
    product_id: UUID | None
    retired_on: date | None
    created_at: datetime


class PlanDetailOut(PlanOut):
    """A plan with its versions, newest first."""

    versions: list[VersionOut]


class OfferedVersionOut(VersionOut):
    """The terms on which it is offered today."""

    plan_id: UUID
    code: str
    name: str
    product_code: str | None
    is_add_on: bool


class OfferOut(ResponseModel):
    """A plan that everybody may subscribe to."""

    version: OfferedVersionOut
    description: str | None


class EntitlementOut(ResponseModel):
    """One thing that a version entitles to."""

    feature: Annotated[str, Field(examples=["mailboxes"])]
    kind: EntitlementKind
    is_granted: Annotated[bool, Field(description="Whether it may be used at all.")]
    limit: Annotated[int | None, Field(description="How many; null is unlimited.", examples=[5])]
    word: str | None


class ProductOut(ResponseModel):
    """What is sold; its plans are the ways to buy it."""

    id: UUID
    code: str
    name: str
    description: str | None
    created_at: datetime


class TaxRateOut(ResponseModel):
    """A tax's rate from a day on, until the next rate of its code."""

    id: UUID
    code: str
    name: str
    rate: JsonMoney
    valid_from: date
    created_at: datetime
