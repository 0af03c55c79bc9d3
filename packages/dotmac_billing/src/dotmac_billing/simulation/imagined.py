"""A plan as it would be published, of its terms alone."""

from __future__ import annotations

from datetime import date

from dotmac_billing.catalog.component_prices import prices_of, unit_price_of
from dotmac_billing.catalog.plan import (
    NewComponent,
    NewTerms,
    PublishedComponent,
    PublishedPlan,
)
from dotmac_billing.catalog.pricing_model import pricing_model_of
from dotmac_billing.catalog.soundness import require_sound
from dotmac_billing.catalog.terms import BillingTiming, ComponentKind
from dotmac_core_ops.database import new_id

IMAGINED = "imagined"
"""The code and name of a plan that has none."""


def imagined_plan(terms: NewTerms, currency: str, today: date) -> PublishedPlan:
    """The plan that publishing `terms` on `today` would make, with ids that nothing else has.

    `currency` is for terms that name none.

    Raises:
        InvalidPlanError, PricingModelNotAvailableError, InvalidCurrencyError: the catalogue would
            refuse the terms.
    """
    chosen = terms.currency or currency
    require_sound(terms, chosen)
    return PublishedPlan(
        id=new_id(),
        plan_id=new_id(),
        code=IMAGINED,
        name=IMAGINED,
        version=1,
        pricing_model=terms.pricing_model or pricing_model_of(terms.components),
        cycle=terms.cycle,
        timing=terms.timing,
        currency=chosen,
        available_from=terms.available_from or today,
        components=tuple(_component(one, terms, chosen) for one in terms.components),
        phases=terms.phases,
        alignment=terms.alignment,
        term_months=terms.term_months,
        renews=terms.renews,
        termination_fee=terms.termination_fee,
        add_on_to=terms.add_on_to,
        features=terms.features,
        rollout=terms.rollout,
        rollout_on=terms.rollout_on,
        change_rules=terms.change_rules,
        thresholds=terms.thresholds,
    )


def _component(one: NewComponent, terms: NewTerms, currency: str) -> PublishedComponent:
    is_usage = one.kind is ComponentKind.USAGE
    return PublishedComponent(
        id=new_id(),
        code=one.code,
        name=one.name,
        kind=one.kind,
        model=one.model,
        unit_price=unit_price_of(one, currency),
        tax_code=one.tax_code,
        cycle=one.cycle or terms.cycle,
        timing=BillingTiming.ARREARS if is_usage else one.timing or terms.timing,
        prices=prices_of(one, currency),
        meter=one.meter,
        filters=one.filters,
        group_by=one.group_by,
        phases=one.phases,
        is_prorated=one.is_prorated,
        includes_tax=one.includes_tax,
    )
