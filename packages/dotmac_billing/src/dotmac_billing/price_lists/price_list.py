"""A price list: products, taxes, plans on their newest terms, and rules about changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.plan import NewComponent, NewPlan, NewTerms, PublishedPlan
from dotmac_billing.catalog.selector import ANY, PLAN, PRODUCT, is_selector
from dotmac_billing.catalog.soundness import faults, rule_faults
from dotmac_billing.catalog.terms import ComponentKind


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
    )


def mistakes(
    wanted: PriceList, stored: PriceList, currency: str, taxes: Iterable[str] = ()
) -> list[Mistake]:
    """Everything that keeps `wanted` from being applied to `stored`; `currency` is the tenant's.

    `taxes` are codes that components may name beside those of the tax rates of both.

    What is named must exist in either of the two, and a rate that was added stands.
    """
    products = {one.code for one in (*wanted.products, *stored.products)}
    known = {
        ANY,
        *(PRODUCT + code for code in products),
        *(PLAN + one.plan.code for one in (*wanted.plans, *stored.plans)),
    }
    known_taxes = {*taxes, *(one.code for one in (*wanted.tax_rates, *stored.tax_rates))}
    found: list[Mistake] = []
    for listed in wanted.plans:
        found += _plan_mistakes(listed.plan, currency, products, known_taxes, known)
    rates = {(one.code, one.valid_from): one.rate for one in stored.tax_rates}
    for rate in wanted.tax_rates:
        if rates.get((rate.code, rate.valid_from), rate.rate) != rate.rate:
            problem = f"It has another rate from {rate.valid_from} already; that one stands."
            found.append(Mistake(f"tax_rates.{rate.code}", problem))
    rules = wanted.change_rules or ()
    found += [Mistake("change_rules", fault.message) for fault in rule_faults(rules)]
    found += _unknown("change_rules", [one.from_what for one in rules], known)
    return found + _unknown("change_rules", [one.to_what for one in rules], known)


def _plan_mistakes(
    plan: NewPlan, currency: str, products: set[str], taxes: set[str], known: set[str]
) -> list[Mistake]:
    path, terms = f"plans.{plan.code}", plan.terms
    found = []
    for fault in faults(terms, terms.currency or currency):
        component = fault.details.get("component")
        where = f"{path}.components.{component}" if component else path
        found.append(Mistake(where, fault.message))
    if plan.product is not None and plan.product not in products:
        found.append(Mistake(f"{path}.product", f"There is no product {plan.product!r}."))
    for one in terms.components:
        if one.tax_code is not None and one.tax_code not in taxes:
            where = f"{path}.components.{one.code}.tax_code"
            found.append(Mistake(where, f"There is no tax {one.tax_code!r}."))
    found += _unknown(f"{path}.add_on_to", terms.add_on_to, known)
    named = [rule.to_what for rule in terms.change_rules]
    return found + _unknown(f"{path}.change_rules", named, known)


def _unknown(path: str, selectors: Iterable[str], known: set[str]) -> list[Mistake]:
    return [
        Mistake(path, f"{selector!r} names nothing that there is.")
        for selector in selectors
        if selector not in known and is_selector(selector)
    ]
