"""The columns of a version and of its components, of what is said when it is published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dotmac_billing.catalog.component_prices import prices_of, unit_price_of
from dotmac_billing.catalog.plan import NewTerms
from dotmac_billing.catalog.pricing_model import pricing_model_of
from dotmac_billing.catalog.stored_terms import fees_row, phase_row, rule_row
from dotmac_billing.catalog.thresholds import thresholds_row


def version_row(terms: NewTerms, plan_code: str) -> dict[str, Any]:
    """What a version says itself; its rules are about leaving the plan of that code."""
    leaving = [replace(rule, from_what=f"plan:{plan_code}") for rule in terms.change_rules]
    return {
        "pricing_model": terms.pricing_model or pricing_model_of(terms.components),
        "cycle": terms.cycle,
        "timing": terms.timing,
        "phases": [phase_row(phase) for phase in terms.phases],
        "alignment": terms.alignment,
        "term_months": terms.term_months,
        "renews": terms.renews,
        "termination_fee": fees_row(terms.termination_fee),
        "add_on_to": list(terms.add_on_to),
        "features": dict(terms.features),
        "rollout": terms.rollout,
        "rollout_on": terms.rollout_on,
        "change_rules": [rule_row(rule) for rule in leaving],
        "thresholds": thresholds_row(terms.thresholds),
    }


def component_rows(terms: NewTerms, currency: str) -> list[dict[str, Any]]:
    """What each component says, in their order; `currency` is the plan's."""
    return [
        {
            "position": position,
            "code": one.code,
            "name": one.name,
            "kind": one.kind,
            "model": one.model,
            "unit_price": unit_price_of(one, currency),
            "tax_code": one.tax_code,
            "cycle": one.cycle,
            "timing": one.timing,
            "prices": prices_of(one, currency),
            "meter": one.meter,
            "filters": {name: list(values) for name, values in one.filters.items()},
            "group_by": list(one.group_by),
            "phases": list(one.phases),
            "is_prorated": one.is_prorated,
            "includes_tax": one.includes_tax,
        }
        for position, one in enumerate(terms.components, start=1)
    ]
