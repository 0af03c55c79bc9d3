"""What is said about a plan when it is published, and what others get to see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.catalog.errors import InvalidPlanError, PricingModelNotAvailableError
from dotmac_billing.catalog.terms import (
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    PricingModel,
)
from dotmac_core_ops.money import currency_exponent

HIGHEST_PRICE = Decimal(10) ** 12
MOST_COMPONENTS = 100
_PRICE_DIGITS = 12  # what UnitPrice keeps after the point


@dataclass(frozen=True)
class NewComponent:
    """A priced part of a plan: `unit_price` per unit and period, before tax."""

    code: str
    name: str
    unit_price: Decimal
    kind: ComponentKind = ComponentKind.RECURRING
    model: ChargeModel = ChargeModel.FLAT
    tax_code: str | None = None


@dataclass(frozen=True)
class NewTerms:
    """A plan's terms. `currency` None means the tenant's, `available_from` None means today."""

    components: tuple[NewComponent, ...]
    cycle: BillingCycle = BillingCycle.MONTHLY
    timing: BillingTiming = BillingTiming.ADVANCE
    currency: str | None = None
    pricing_model: PricingModel = PricingModel.FLAT_RATE
    available_from: date | None = None


@dataclass(frozen=True)
class NewPlan:
    """A plan with its first version."""

    code: str
    name: str
    terms: NewTerms
    description: str | None = None
    is_public: bool = True
    id: UUID | None = None


@dataclass(frozen=True)
class PublishedComponent:
    """A component of a version that can be subscribed to."""

    id: UUID
    code: str
    name: str
    kind: ComponentKind
    model: ChargeModel
    unit_price: Decimal
    tax_code: str | None


@dataclass(frozen=True)
class PublishedPlan:
    """A version of a plan with everything that a subscription needs to know of it."""

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

    def component(self, code: str) -> PublishedComponent | None:
        """The component of that code."""
        return next((one for one in self.components if one.code == code), None)


def require_sound(terms: NewTerms) -> None:
    """Refuse terms that could not be billed.

    Raises:
        PricingModelNotAvailableError: any model but a flat rate.
        InvalidPlanError: no component, one code twice, a price below zero, too high or with more
            than 12 decimals.
        InvalidCurrencyError: not an ISO 4217 currency.
    """
    if terms.pricing_model is not PricingModel.FLAT_RATE:
        raise PricingModelNotAvailableError(terms.pricing_model.value)
    if terms.currency is not None:
        currency_exponent(terms.currency)
    if not 0 < len(terms.components) <= MOST_COMPONENTS:
        raise InvalidPlanError(f"A plan has 1 to {MOST_COMPONENTS} components.")
    seen: set[str] = set()
    for component in terms.components:
        if component.code in seen:
            raise InvalidPlanError("Two components have the same code.", component.code)
        seen.add(component.code)
        _require_price(component)


def _require_price(component: NewComponent) -> None:
    price = component.unit_price
    if not price.is_finite() or not 0 <= price <= HIGHEST_PRICE:
        raise InvalidPlanError(f"A price is between 0 and {HIGHEST_PRICE:,}.", component.code)
    if price != round(price, _PRICE_DIGITS):
        raise InvalidPlanError(f"A price has at most {_PRICE_DIGITS} decimals.", component.code)
