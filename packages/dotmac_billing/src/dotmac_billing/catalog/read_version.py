"""A version and its components, of the rows that a query returns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from dotmac_billing.catalog.component_prices import stored_prices
from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.stored_terms import fees_of, filters_of, phase_of, rule_of
from dotmac_billing.catalog.terms import (
    Alignment,
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    PricingModel,
    Rollout,
)
from dotmac_billing.catalog.thresholds import thresholds_of


class Row(Protocol):
    """A row of a query, read by the names of its columns."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 (whatever the column holds)
        """The value of that column."""
        ...


def component_of(row: Row) -> PublishedComponent:
    """A component; `cycle`, `timing` and `currency` of the row are its version's."""
    model, kind = ChargeModel(row["model"]), ComponentKind(row["kind"])
    unit_price: Decimal = row["unit_price"]
    timing = BillingTiming(row["component_timing"] or row["timing"])
    return PublishedComponent(
        id=row["component_id"],
        code=row["component_code"],
        name=row["component_name"],
        kind=kind,
        model=model,
        unit_price=unit_price,
        tax_code=row["tax_code"],
        cycle=BillingCycle(row["component_cycle"] or row["cycle"]),
        timing=BillingTiming.ARREARS if kind is ComponentKind.USAGE else timing,
        prices=stored_prices(model, _parsed(row["prices"]), unit_price, row["currency"]),
        meter=row["meter"],
        filters=filters_of(_parsed(row["filters"]) or {}),
        group_by=tuple(_parsed(row["group_by"]) or ()),
        phases=tuple(_parsed(row["component_phases"]) or ()),
        is_prorated=row["is_prorated"],
        includes_tax=row["includes_tax"],
    )


def plan_of(rows: Sequence[Row]) -> PublishedPlan:
    """A version, of a row for each of its components in their order."""
    version = rows[0]
    return PublishedPlan(
        id=version["id"],
        plan_id=version["plan_id"],
        code=version["code"],
        name=version["name"],
        version=version["version"],
        pricing_model=PricingModel(version["pricing_model"]),
        cycle=BillingCycle(version["cycle"]),
        timing=BillingTiming(version["timing"]),
        currency=version["currency"],
        available_from=version["available_from"],
        components=tuple(component_of(row) for row in rows),
        phases=tuple(phase_of(one) for one in _parsed(version["phases"]) or ()),
        alignment=Alignment(version["alignment"]),
        term_months=version["term_months"],
        renews=version["renews"],
        termination_fee=fees_of(_parsed(version["termination_fee"]) or {}),
        product_code=version["product_code"],
        is_add_on=version["is_add_on"],
        add_on_to=tuple(_parsed(version["add_on_to"]) or ()),
        features=_parsed(version["features"]) or {},
        rollout=Rollout(version["rollout"]),
        rollout_on=version["rollout_on"],
        change_rules=tuple(rule_of(one) for one in _parsed(version["change_rules"]) or ()),
        thresholds=thresholds_of(_parsed(version["thresholds"]) or {}),
    )


def _parsed(stored: Any) -> Any:  # noqa: ANN401 (JSON: parsed by the session's driver, else text)
    return json.loads(stored) if isinstance(stored, str) else stored
