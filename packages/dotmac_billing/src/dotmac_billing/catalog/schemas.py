"""HTTP shapes of the catalogue."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator
from typing_extensions import TypeAliasType

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.entitlements import EntitlementKind
from dotmac_billing.catalog.plan import (
    HIGHEST_PRICE,
    MOST_COMPONENTS,
    NewComponent,
    NewPlan,
    NewTerms,
    PublishedPhase,
)
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
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

Code = Annotated[str, Field(min_length=1, max_length=64, examples=["FIBER-100"])]
Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Fiber 100"])]
Description = Annotated[str, Field(max_length=2000)]
Price = Annotated[JsonMoney, Field(ge=0, le=HIGHEST_PRICE, decimal_places=12, examples=[49.90])]
RateFraction = Annotated[
    JsonMoney,
    Field(ge=0, le=1, decimal_places=6, description="A fraction: 0.2 is 20 %.", examples=[0.2]),
]


Word = Annotated[str, Field(min_length=1, max_length=64)]

# What the charge models take; numbers exact, as in `JsonMoney`.
Parameter = TypeAliasType(
    "Parameter",
    Annotated[
        "StrictBool | StrictStr | JsonMoney | list[Parameter] | dict[str, Parameter] | None",
        Field(union_mode="left_to_right"),
    ],
)
PricesIn = Annotated[
    dict[CurrencyCode, dict[Word, Parameter]],
    Field(
        description="By currency the parameters of the charge model; numbers may be text.",
        examples=[{"EUR": {"tiers": [{"up_to": "100", "unit_price": "0"}, {"up_to": None}]}}],
    ),
]
FeatureValue = StrictBool | StrictInt | Annotated[StrictStr, Field(min_length=1, max_length=200)]
Features = Annotated[
    dict[Word, FeatureValue],
    Field(
        description="What subscribers may use: on or off, a limit (-1 is unlimited), or a word.",
        examples=[{"static_ip": False, "mailboxes": 5, "support": "business hours"}],
    ),
]


class ComponentIn(RequestModel):
    """A priced part of a plan: `unit_price` of flat and per unit, or `prices` by currency."""

    code: Code
    name: Name
    unit_price: Price | None = None
    kind: ComponentKind = ComponentKind.RECURRING
    model: ChargeModel = ChargeModel.FLAT
    tax_code: Code | None = None
    cycle: BillingCycle | None = None
    timing: BillingTiming | None = None
    prices: PricesIn = {}
    meter: Code | None = None
    filters: dict[Word, Annotated[list[Word], Field(min_length=1, max_length=100)]] = {}
    group_by: Annotated[list[Word], Field(max_length=10)] = []
    phases: Annotated[list[Code], Field(max_length=20)] = []
    is_prorated: bool = True
    includes_tax: bool = False

    @model_validator(mode="after")
    def _is_priced(self) -> Self:
        if self.unit_price is None and not self.prices:
            raise ValueError("Give unit_price, or prices by currency.")
        return self

    def component(self) -> NewComponent:
        """As the catalogue takes it."""
        given = dict(self)
        given["unit_price"] = self.unit_price or Decimal(0)
        given["filters"] = {name: tuple(values) for name, values in self.filters.items()}
        return NewComponent(
            **{**given, "group_by": tuple(self.group_by), "phases": tuple(self.phases)}
        )


class PhaseIn(RequestModel):
    """A stretch of every subscription to the plan; only evergreen has no length."""

    code: Code
    kind: PhaseKind
    length: Annotated[int, Field(ge=1, le=1200, examples=[14])] | None = None
    unit: PhaseUnit | None = None
    percent_off: RateFraction | None = None
    requires_payment_method: bool = False
    without_payment_method: TrialEnd = TrialEnd.CANCEL


class LeavingRuleIn(RequestModel):
    """What becomes of a change from this plan: `to` is `*`, `product:CODE` or `plan:CODE`."""

    to: Annotated[str, Field(min_length=1, max_length=80, examples=["product:internet"])] = "*"
    direction: ChangeDirection | None = None
    behaviour: ChangeBehaviour

    def rule(self) -> ChangeRule:
        """As the catalogue takes it."""
        return ChangeRule(self.behaviour, to_what=self.to, direction=self.direction)


class TermsIn(RequestModel):
    """A version of a plan. Without `currency` the tenant's, without `available_from` today."""

    components: Annotated[list[ComponentIn], Field(min_length=1, max_length=MOST_COMPONENTS)]
    cycle: BillingCycle = BillingCycle.MONTHLY
    timing: BillingTiming = BillingTiming.ADVANCE
    currency: CurrencyCode | None = None
    pricing_model: PricingModel | None = None
    available_from: date | None = None
    phases: Annotated[list[PhaseIn], Field(max_length=20)] = []
    alignment: Alignment = Alignment.ANNIVERSARY
    term_months: Annotated[int, Field(ge=1, le=1200, examples=[24])] | None = None
    renews: bool = True
    termination_fee: dict[CurrencyCode, Price] = {}
    add_on_to: Annotated[list[Code], Field(max_length=100)] = []
    features: Annotated[Features, Field(max_length=200)] = {}
    rollout: Rollout = Rollout.NEVER
    rollout_on: date | None = None
    change_rules: Annotated[list[LeavingRuleIn], Field(max_length=100)] = []

    def terms(self) -> NewTerms:
        """As the catalogue takes them."""
        return NewTerms(
            components=tuple(part.component() for part in self.components),
            cycle=self.cycle,
            timing=self.timing,
            currency=self.currency,
            pricing_model=self.pricing_model,
            available_from=self.available_from,
            phases=tuple(PublishedPhase(**dict(phase)) for phase in self.phases),
            alignment=self.alignment,
            term_months=self.term_months,
            renews=self.renews,
            termination_fee=self.termination_fee,
            add_on_to=tuple(self.add_on_to),
            features=self.features,
            rollout=self.rollout,
            rollout_on=self.rollout_on,
            change_rules=tuple(rule.rule() for rule in self.change_rules),
        )


class PlanIn(TermsIn):
    """A plan with its first version."""

    code: Code
    name: Name
    description: Description | None = None
    is_public: bool = True
    product: Annotated[Code, Field(description="The code of a product.")] | None = None
    is_add_on: bool = False

    def plan(self) -> NewPlan:
        """As the catalogue takes it."""
        return NewPlan(
            self.code,
            self.name,
            self.terms(),
            self.description,
            is_public=self.is_public,
            product=self.product,
            is_add_on=self.is_add_on,
        )


class PlanChangeIn(RequestModel):
    """What of a plan may change without a new version; what is left out stays."""

    name: Name | None = None
    description: Description | None = None
    is_public: bool | None = None
    product: Annotated[Code, Field(description="The code of a product.")] | None = None


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
    features: dict[str, FeatureValue]
    rollout: Rollout
    rollout_on: date | None
    change_rules: list[RuleOut]
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


class ProductIn(RequestModel):
    """What is sold, whatever it costs."""

    code: Annotated[Code, Field(examples=["internet"])]
    name: Annotated[Name, Field(examples=["Internet"])]
    description: Description | None = None


class ProductChangeIn(RequestModel):
    """New values; what is left out stays."""

    name: Name | None = None
    description: Description | None = None


class ProductOut(ResponseModel):
    """What is sold; its plans are the ways to buy it."""

    id: UUID
    code: str
    name: str
    description: str | None
    created_at: datetime


class RuleIn(LeavingRuleIn):
    """What becomes of a change; `from` and `to` are `*`, `product:CODE` or `plan:CODE`."""

    from_: Annotated[
        str, Field(alias="from", min_length=1, max_length=80, examples=["plan:FIBER-100"])
    ] = "*"

    def rule(self) -> ChangeRule:
        """As the catalogue takes it."""
        return ChangeRule(self.behaviour, self.from_, self.to, self.direction)


class RulesIn(RequestModel):
    """All rules of the tenant; those that are not here any more are gone."""

    rules: Annotated[list[RuleIn], Field(max_length=500)]


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
