"""A price list: products, meters, taxes, plans on their newest terms, and rules about changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.component_prices import price_faults
from dotmac_billing.catalog.metering import CountingMeter, meter_faults
from dotmac_billing.catalog.plan import NewComponent, NewPlan, NewTerms, PublishedPlan
from dotmac_billing.catalog.selector import ANY, PLAN, PRODUCT, is_selector
from dotmac_billing.catalog.soundness import faults, rule_faults
from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.usage.meters.definition import NewMeter, require_sound
from dotmac_billing.usage.meters.errors import InvalidMeterError


@dataclass(frozen=True)
class ListedProduct:
    """What is sold."""

    code: str
    name: str
    description: str | None = None


@dataclass(frozen=True)
class ListedRate:
    """A tax's rate from a day on."""

    code: str
    rate: Decimal
    valid_from: date
    name: str


@dataclass(frozen=True)
class ListedPlan:
    """A plan on its newest terms; `retired_on` is the first day on which it is not offered."""

    plan: NewPlan
    retired_on: date | None = None


@dataclass(frozen=True)
class PriceList:
    """What a file says, or what the catalogue has. `change_rules` None: nothing is said of them."""

    products: tuple[ListedProduct, ...] = ()
    meters: tuple[NewMeter, ...] = ()
    tax_rates: tuple[ListedRate, ...] = ()
    plans: tuple[ListedPlan, ...] = ()
    change_rules: tuple[ChangeRule, ...] | None = None


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a price list, and where: `plans.FIBER-100.components.line.prices`."""

    path: str
    problem: str


def terms_of(published: PublishedPlan) -> NewTerms:
    """What was said when the version was published."""
    return NewTerms(
        components=tuple(
            NewComponent(
                code=one.code,
                name=one.name,
                kind=one.kind,
                model=one.model,
                tax_code=one.tax_code,
                cycle=None if one.cycle is published.cycle else one.cycle,
                timing=None
                if one.kind is ComponentKind.USAGE or one.timing is published.timing
                else one.timing,
                prices=one.prices,
                meter=one.meter,
                filters=one.filters,
                group_by=one.group_by,
                phases=one.phases,
                is_prorated=one.is_prorated,
                includes_tax=one.includes_tax,
            )
            for one in published.components
        ),
        cycle=published.cycle,
        timing=published.timing,
        currency=published.currency,
        pricing_model=published.pricing_model,
        available_from=published.available_from,
        phases=published.phases,
        alignment=published.alignment,
        term_months=published.term_months,
        renews=published.renews,
        termination_fee=published.termination_fee,
        add_on_to=published.add_on_to,
        features=published.features,
        rollout=published.rollout,
        rollout_on=published.rollout_on,
        change_rules=tuple(
            ChangeRule(rule.behaviour, ANY, rule.to_what, rule.direction)
            for rule in published.change_rules
        ),
        thresholds=published.thresholds,
    )


class _Known(NamedTuple):
    """What can be named."""

    products: set[str]
    taxes: set[str]
    selectors: set[str]
    meters: Mapping[str, CountingMeter]


def mistakes(
    wanted: PriceList, stored: PriceList, currency: str, taxes: Iterable[str] = ()
) -> list[Mistake]:
    """Everything that keeps `wanted` from being applied to `stored`; `currency` is the tenant's.

    What is named must exist in either of the two; a rate that was added and what a meter counts
    stand. `taxes` are codes that components may name beside those of the tax rates of both.
    """
    products = {one.code for one in (*wanted.products, *stored.products)}
    plans = {one.plan.code for one in (*wanted.plans, *stored.plans)}
    selectors = {ANY, *(PRODUCT + code for code in products), *(PLAN + code for code in plans)}
    rates = {one.code for one in (*wanted.tax_rates, *stored.tax_rates)}
    meters = {one.code: _counting(one) for one in (*wanted.meters, *stored.meters)}
    known = _Known(products, {*taxes, *rates}, selectors, meters)
    found = [*_standing_mistakes(wanted, stored)]
    for listed in wanted.plans:
        found += _plan_mistakes(listed.plan, currency, known)
    rules = wanted.change_rules or ()
    found += [Mistake("change_rules", fault.message) for fault in rule_faults(rules)]
    for rule in rules:
        found += _unknown("change_rules", (rule.from_what, rule.to_what), known)
    return found


def _standing_mistakes(wanted: PriceList, stored: PriceList) -> Iterator[Mistake]:
    rates = {(one.code, one.valid_from): one.rate for one in stored.tax_rates}
    for rate in wanted.tax_rates:
        if rates.get((rate.code, rate.valid_from), rate.rate) != rate.rate:
            problem = f"It has another rate from {rate.valid_from} already; that one stands."
            yield Mistake(f"tax_rates.{rate.code}", problem)
    meters = {one.code: one for one in stored.meters}
    for meter in wanted.meters:
        try:
            require_sound(meter)
        except InvalidMeterError as error:
            yield Mistake(f"meters.{meter.code}", error.message)
        if counted(meters.get(meter.code, meter)) != counted(meter):
            problem = "What it counts has been billed so and stands; make another meter."
            yield Mistake(f"meters.{meter.code}", problem)


def counted(meter: NewMeter) -> NewMeter:
    """What a meter counts, without what of it may change."""
    filters = {name: tuple(sorted(values)) for name, values in meter.filters.items()}
    return replace(
        NewMeter(meter.code, meter.code, meter.aggregation, meter.weighting),
        value_property=meter.value_property,
        price_property=meter.price_property,
        filters=filters,
        dimensions=tuple(sorted(meter.dimensions)),
    )


def _plan_mistakes(plan: NewPlan, currency: str, known: _Known) -> Iterator[Mistake]:
    path, terms = f"plans.{plan.code}", plan.terms
    for fault in faults(terms, terms.currency or currency):
        component = fault.details.get("component")
        yield Mistake(f"{path}.components.{component}" if component else path, fault.message)
    if plan.product is not None and plan.product not in known.products:
        yield Mistake(f"{path}.product", f"There is no product {plan.product!r}.")
    for one in terms.components:
        yield from _component_mistakes(
            f"{path}.components.{one.code}", one, known, terms.currency or currency
        )
    yield from _unknown(f"{path}.add_on_to", terms.add_on_to, known)
    yield from _unknown(
        f"{path}.change_rules", [rule.to_what for rule in terms.change_rules], known
    )


def _component_mistakes(
    path: str, one: NewComponent, known: _Known, currency: str
) -> Iterator[Mistake]:
    if one.tax_code is not None and one.tax_code not in known.taxes:
        yield Mistake(f"{path}.tax_code", f"There is no tax {one.tax_code!r}.")
    if any(price_faults(one, currency)):
        return  # what it asks of its meter is not known
    for fault in meter_faults(one, known.meters, currency):
        yield Mistake(f"{path}.{fault.field}", fault.problem)


def _counting(meter: NewMeter) -> CountingMeter:
    has_price = meter.price_property is not None
    return CountingMeter(meter.code, meter.aggregation.value, has_price, meter.dimensions)


def _unknown(path: str, selectors: Iterable[str], known: _Known) -> list[Mistake]:
    return [
        Mistake(path, f"{selector!r} names nothing that there is.")
        for selector in selectors
        if selector not in known.selectors and is_selector(selector)
    ]
