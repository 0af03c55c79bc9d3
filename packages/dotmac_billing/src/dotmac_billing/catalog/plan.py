"""What is said about a plan when it is published, and what others get to see of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.terms import (
    Alignment,
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    PhaseKind,
    PhaseUnit,
    PricingModel,
    Rollout,
    TrialEnd,
)
from dotmac_billing.catalog.thresholds import NO_THRESHOLDS, BillingThresholds

HIGHEST_PRICE = Decimal(10) ** 12
MOST_COMPONENTS = 100
UNLIMITED = -1
HIGHEST_LIMIT = 10**15

Prices = Mapping[str, Mapping[str, object]]
"""By currency the parameters of a charge model, numbers as text: `{"EUR": {"price": "49.90"}}`."""

Feature = bool | int | str
"""An entitlement: on or off, a limit (-1 is unlimited), or a word such as a support level."""


@dataclass(frozen=True)
class PublishedPhase:
    """A stretch of every subscription to a plan, in their order from the start.

    `length` and `unit` None: without end. `percent_off` is a fraction (0.2 is 20 %) that recurring
    prices are less in it. `requires_payment_method` says that a trial without one ends as
    `without_payment_method` says instead of going on to the next phase.
    """

    code: str
    kind: PhaseKind
    length: int | None = None
    unit: PhaseUnit | None = None
    percent_off: Decimal | None = None
    requires_payment_method: bool = False
    without_payment_method: TrialEnd = TrialEnd.CANCEL


@dataclass(frozen=True)
class NewComponent:
    """A priced part of a plan.

    `unit_price` is the price of `FLAT` and `PER_UNIT` in the plan's currency, per unit and period;
    `prices` has the other currencies, and every currency of the other charge models. `cycle` and
    `timing` None mean the plan's; usage is always billed in arrears. `phases` are the codes of the
    phases it is charged in, () means all but trials. `includes_tax` says that tax is in the price.
    """

    code: str
    name: str
    unit_price: Decimal = Decimal(0)
    kind: ComponentKind = ComponentKind.RECURRING
    model: ChargeModel = ChargeModel.FLAT
    tax_code: str | None = None
    cycle: BillingCycle | None = None
    timing: BillingTiming | None = None
    prices: Prices = field(default_factory=dict)
    meter: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group_by: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    is_prorated: bool = True
    includes_tax: bool = False


@dataclass(frozen=True)
class NewTerms:
    """A plan's terms. `currency` None means the tenant's, `available_from` None means today.

    `pricing_model` None is told from the components. `termination_fee` is by currency. `features`
    are what subscribers may use. An add-on can be taken with the plans that the selectors in
    `add_on_to` mean, () with any. `rollout` says from when the version holds for those who have
    an older one (`rollout_on` with `DATE`). A rule in `change_rules` is about leaving this plan.
    `thresholds` say when usage is billed before its period is over.
    """

    components: tuple[NewComponent, ...]
    cycle: BillingCycle = BillingCycle.MONTHLY
    timing: BillingTiming = BillingTiming.ADVANCE
    currency: str | None = None
    pricing_model: PricingModel | None = None
    available_from: date | None = None
    phases: tuple[PublishedPhase, ...] = ()
    alignment: Alignment = Alignment.ANNIVERSARY
    term_months: int | None = None
    renews: bool = True
    termination_fee: Mapping[str, Decimal] = field(default_factory=dict)
    add_on_to: tuple[str, ...] = ()
    features: Mapping[str, Feature] = field(default_factory=dict)
    rollout: Rollout = Rollout.NEVER
    rollout_on: date | None = None
    change_rules: tuple[ChangeRule, ...] = ()
    thresholds: BillingThresholds = NO_THRESHOLDS


@dataclass(frozen=True)
class NewPlan:
    """A plan with its first version; `product` is the code of what it is a plan of."""

    code: str
    name: str
    terms: NewTerms
    description: str | None = None
    is_public: bool = True
    id: UUID | None = None
    product: str | None = None
    is_add_on: bool = False


class PlanWords(TypedDict, total=False):
    """What of a plan may change without a version; what is left out stays. `product` is a code."""

    name: str
    description: str | None
    is_public: bool
    product: str | None
    is_add_on: bool


class ProductWords(TypedDict, total=False):
    """What of a product may change; what is left out stays."""

    name: str
    description: str | None


@dataclass(frozen=True)
class PublishedComponent:
    """A component of a version that can be subscribed to; see `NewComponent`.

    `cycle` and `timing` are its own or the version's. `prices` has every currency it can be charged
    in, for every charge model. `unit_price` is in the version's currency, 0 for models without one.
    """

    id: UUID
    code: str
    name: str
    kind: ComponentKind
    model: ChargeModel
    unit_price: Decimal
    tax_code: str | None
    cycle: BillingCycle = BillingCycle.MONTHLY
    timing: BillingTiming = BillingTiming.ADVANCE
    prices: Prices = field(default_factory=dict)
    meter: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group_by: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    is_prorated: bool = True
    includes_tax: bool = False


@dataclass(frozen=True)
class PublishedPlan:
    """A version of a plan with everything that a subscription needs to know of it.

    `phases` () means a single one without end. See `NewTerms` for the rest.
    """

    id: UUID
    plan_id: UUID
    code: str
    name: str
    version: int
    pricing_model: PricingModel
    cycle: BillingCycle
    timing: BillingTiming
    currency: str
    available_from: date
    components: tuple[PublishedComponent, ...]
    phases: tuple[PublishedPhase, ...] = ()
    alignment: Alignment = Alignment.ANNIVERSARY
    term_months: int | None = None
    renews: bool = True
    termination_fee: Mapping[str, Decimal] = field(default_factory=dict)
    product_code: str | None = None
    is_add_on: bool = False
    add_on_to: tuple[str, ...] = ()
    features: Mapping[str, Feature] = field(default_factory=dict)
    rollout: Rollout = Rollout.NEVER
    rollout_on: date | None = None
    change_rules: tuple[ChangeRule, ...] = ()
    thresholds: BillingThresholds = NO_THRESHOLDS

    def component(self, code: str) -> PublishedComponent | None:
        """The component of that code."""
        return next((one for one in self.components if one.code == code), None)

    def is_priced_in(self, currency: str) -> bool:
        """Whether every component has a price in that currency."""
        return all(currency in one.prices for one in self.components)


@dataclass(frozen=True)
class Offer:
    """A plan that can be subscribed to, with what is said to everybody about it."""

    version: PublishedPlan
    description: str | None
