"""What a plan in the founding words is in the catalogue's: components, phases and a fee."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from dotmac_billing.catalog.plan import NewComponent, NewPlan, NewTerms, PublishedPhase
from dotmac_billing.catalog.terms import (
    ChargeModel,
    ComponentKind,
    PhaseKind,
    PhaseUnit,
    PricingModel,
)
from dotmac_billing.library.schemas import BillingPlanCreate

BASE = "base"
SETUP = "setup"
USAGE = "usage"
TIERS = "tiers"
BY_QUANTITY = frozenset({BASE, TIERS})
"""Components that are charged for the quantity of the subscription."""


def new_plan(wanted: BillingPlanCreate, currency: str) -> NewPlan:
    """The plan, its prices in `currency`.

    The base price is per unit of the subscription's quantity and recurs. A plan for usage alone has
    none. A flat rate with usage beside it is told from its components: it is hybrid.
    """
    is_named = wanted.pricing_model is not PricingModel.FLAT_RATE or not _has_more(wanted)
    fee = wanted.cancellation_fee
    terms = NewTerms(
        tuple(_components(wanted, currency)),
        cycle=wanted.billing_cycle,
        timing=wanted.billing_timing,
        currency=currency,
        pricing_model=wanted.pricing_model if is_named else None,
        phases=_phases(wanted.trial_days),
        termination_fee={currency: fee} if fee else {},
    )
    return NewPlan(
        wanted.plan_code, wanted.name, terms, wanted.description, is_public=wanted.is_public
    )


def _has_more(wanted: BillingPlanCreate) -> bool:
    return wanted.usage_unit is not None or bool(wanted.tiers)


def _components(wanted: BillingPlanCreate, currency: str) -> Iterator[NewComponent]:
    tax_code = wanted.tax_code
    if wanted.base_price or not _has_more(wanted):
        # Per unit, because a subscription of the library surface has a quantity.
        yield NewComponent(
            BASE, wanted.name, wanted.base_price, model=ChargeModel.PER_UNIT, tax_code=tax_code
        )
    if wanted.setup_fee:
        yield NewComponent(
            SETUP, "Setup", wanted.setup_fee, ComponentKind.ONE_TIME, tax_code=tax_code
        )
    if not _has_more(wanted):
        return
    model, parameters = _price(wanted)
    is_metered = wanted.usage_unit is not None
    yield NewComponent(
        USAGE if is_metered else TIERS,
        wanted.usage_unit or f"{wanted.name} by quantity",
        kind=ComponentKind.USAGE if is_metered else ComponentKind.RECURRING,
        model=model,
        prices={currency: parameters},
        meter=wanted.usage_unit,
        tax_code=tax_code,
    )


def _price(wanted: BillingPlanCreate) -> tuple[ChargeModel, dict[str, object]]:
    if wanted.tiers:
        is_volume = wanted.pricing_model is PricingModel.VOLUME_BASED
        tiers = [
            _tier(tier.max_quantity, tier.price_per_unit, tier.flat_fee) for tier in wanted.tiers
        ]
        return (ChargeModel.VOLUME if is_volume else ChargeModel.GRADUATED), {"tiers": tiers}
    price = wanted.overage_price or Decimal(0)
    if not wanted.included_usage:
        return ChargeModel.PER_UNIT, {"unit_price": f"{price:f}"}
    free = _tier(wanted.included_usage, Decimal(0), Decimal(0))
    return ChargeModel.GRADUATED, {"tiers": [free, _tier(None, price, Decimal(0))]}


def _tier(up_to: Decimal | None, unit_price: Decimal, flat_fee: Decimal) -> dict[str, object]:
    tier: dict[str, object] = {
        "up_to": None if up_to is None else f"{up_to:f}",
        "unit_price": f"{unit_price:f}",
    }
    if flat_fee:
        tier["flat_fee"] = f"{flat_fee:f}"
    return tier


def _phases(trial_days: int) -> tuple[PublishedPhase, ...]:
    if not trial_days:
        return ()
    return (
        PublishedPhase("trial", PhaseKind.TRIAL, trial_days, PhaseUnit.DAYS),
        PublishedPhase("evergreen", PhaseKind.EVERGREEN),
    )
