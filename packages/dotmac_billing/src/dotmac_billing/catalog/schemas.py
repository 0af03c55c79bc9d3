"""HTTP shapes of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Self, cast

from pydantic import Field, StrictBool, StrictInt, StrictStr, WithJsonSchema, model_validator
from typing_extensions import TypeAliasType

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.plan import (
    HIGHEST_LIMIT,
    HIGHEST_PRICE,
    MOST_COMPONENTS,
    UNLIMITED,
    NewComponent,
    NewPlan,
    NewTerms,
    PlanWords,
    Prices,
    ProductWords,
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
from dotmac_billing.catalog.thresholds import MOST_STEPS, BillingThresholds
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_core_ops.http import JsonMoney, RequestModel

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
        # Generated clients stumble over a kind of value that is made of itself.
        WithJsonSchema({"description": "Any JSON value; a number may be text."}),
    ],
)
PricesIn = Annotated[
    dict[CurrencyCode, dict[Word, Parameter]],
    Field(
        description="By currency the parameters of the charge model; numbers may be text.",
        examples=[{"EUR": {"tiers": [{"up_to": "100", "unit_price": "0"}, {"up_to": None}]}}],
    ),
]
Limit = Annotated[StrictInt, Field(ge=UNLIMITED, le=HIGHEST_LIMIT)]
FeatureValue = StrictBool | Limit | Annotated[StrictStr, Field(min_length=1, max_length=200)]
Features = Annotated[
    dict[Word, FeatureValue],
    Field(
        description="What subscribers may use: on or off, a limit (-1 is unlimited), or a word.",
        examples=[{"static_ip": False, "mailboxes": 5, "support": "business hours"}],
    ),
]


class PartIn(RequestModel):
    """What a component says whatever its price."""

    name: Name
    kind: ComponentKind = ComponentKind.RECURRING
    model: ChargeModel = ChargeModel.FLAT
    tax_code: Code | None = None
    cycle: BillingCycle | None = None
    timing: BillingTiming | None = None
    meter: Code | None = None
    filters: dict[Word, Annotated[list[Word], Field(min_length=1, max_length=100)]] = {}
    group_by: Annotated[list[Word], Field(max_length=10)] = []
    phases: Annotated[list[Code], Field(max_length=20)] = []
    is_prorated: bool = True
    includes_tax: bool = False

    def component(self, code: str, unit_price: Decimal, prices: Prices) -> NewComponent:
        """As the catalogue takes it."""
        words = {name: getattr(self, name) for name in PartIn.model_fields}
        words["filters"] = {name: tuple(values) for name, values in self.filters.items()}
        words |= {"group_by": tuple(self.group_by), "phases": tuple(self.phases)}
        return NewComponent(code=code, unit_price=unit_price, prices=prices, **words)


class ComponentIn(PartIn):
    """A priced part of a plan: `unit_price` of flat and per unit, or `prices` by currency."""

    code: Code
    unit_price: Price | None = None
    prices: PricesIn = {}

    @model_validator(mode="after")
    def _is_priced(self) -> Self:
        if self.unit_price is None and not self.prices:
            raise ValueError("Give unit_price, or prices by currency.")
        return self


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


class ThresholdsIn(RequestModel):
    """When usage is billed before its period is over: amounts by currency, quantities by code."""

    amounts: Annotated[
        dict[CurrencyCode, Annotated[list[Price], Field(min_length=1, max_length=MOST_STEPS)]],
        Field(description="Reached once in a period each.", examples=[{"EUR": [100, 500]}]),
    ] = {}
    every: Annotated[
        dict[CurrencyCode, Price],
        Field(description="Reached again and again, above the last amount."),
    ] = {}
    quantities: Annotated[
        dict[Code, Annotated[JsonMoney, Field(gt=0, le=10**12, decimal_places=9)]],
        Field(description="Of a component's usage that is not billed yet."),
    ] = {}

    def thresholds(self) -> BillingThresholds:
        """As the catalogue takes them."""
        amounts = {currency: tuple(steps) for currency, steps in self.amounts.items()}
        return BillingThresholds(amounts, dict(self.every), dict(self.quantities))


class ConditionsIn(RequestModel):
    """What a version says beside its components."""

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
    thresholds: ThresholdsIn = ThresholdsIn()

    def with_components(self, components: Iterable[NewComponent]) -> NewTerms:
        """As the catalogue takes them."""
        words = {name: getattr(self, name) for name in ConditionsIn.model_fields}
        words["phases"] = tuple(PublishedPhase(**dict(phase)) for phase in self.phases)
        words["change_rules"] = tuple(rule.rule() for rule in self.change_rules)
        words["add_on_to"] = tuple(self.add_on_to)
        words["thresholds"] = self.thresholds.thresholds()
        return NewTerms(components=tuple(components), **words)


class TermsIn(ConditionsIn):
    """A version of a plan. Without `currency` the tenant's, without `available_from` today."""

    components: Annotated[list[ComponentIn], Field(min_length=1, max_length=MOST_COMPONENTS)]

    def terms(self) -> NewTerms:
        """As the catalogue takes them."""
        return self.with_components(
            part.component(part.code, part.unit_price or Decimal(0), part.prices)
            for part in self.components
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

    def words(self) -> PlanWords:
        """As the catalogue takes them."""
        return cast("PlanWords", _given(self, {"name", "is_public"}))


class ProductIn(RequestModel):
    """What is sold, whatever it costs."""

    code: Annotated[Code, Field(examples=["internet"])]
    name: Annotated[Name, Field(examples=["Internet"])]
    description: Description | None = None


class ProductChangeIn(RequestModel):
    """New values; what is left out stays."""

    name: Name | None = None
    description: Description | None = None

    def words(self) -> ProductWords:
        """As the catalogue takes them."""
        return cast("ProductWords", _given(self, {"name"}))


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


def _given(body: RequestModel, never_null: set[str]) -> dict[str, object]:
    """What the request said; null clears a value, except where one is needed."""
    said = body.model_dump(exclude_unset=True)
    return {
        name: value for name, value in said.items() if name not in never_null or value is not None
    }
