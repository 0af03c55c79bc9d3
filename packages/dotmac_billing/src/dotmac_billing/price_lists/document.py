"""A price list as the plain document that files hold; what is as usual is left out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.component_prices import PRICE_OF, prices_of
from dotmac_billing.catalog.plan import NewComponent, NewPlan, NewTerms, PublishedPhase
from dotmac_billing.catalog.pricing_model import pricing_model_of
from dotmac_billing.catalog.selector import ANY
from dotmac_billing.catalog.terms import (
    Alignment,
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    Rollout,
    TrialEnd,
)
from dotmac_billing.catalog.thresholds import BillingThresholds
from dotmac_billing.price_lists.price_list import ListedPlan, PriceList
from dotmac_billing.usage.meters.definition import BACK_DATING_DAYS, NewMeter
from dotmac_billing.usage.terms import LatePolicy

Document = dict[str, Any]

_CENT = Decimal("0.01")
# Amounts of money, written with cents.
_AMOUNTS = {
    *("price", "unit_price", "flat_fee", "fixed_fee", "minimum", "maximum"),
    *("minimum_per_transaction", "maximum_per_transaction", "otherwise_unit_price"),
}
# What stays text in the parameters of a price; every other text there that is a number is one.
_WORDS = {"name", "label", "from", "to", "rule", "days", "model"}


def price_list_document(listed: PriceList, currency: str) -> Document:
    """The whole list; `currency` is that of plans which do not say."""
    rates: dict[str, list[Document]] = {}
    for one in sorted(listed.tax_rates, key=lambda rate: (rate.code, rate.valid_from)):
        rates.setdefault(one.code, []).append(
            {"rate": number(one.rate), "valid_from": one.valid_from, "name": one.name}
        )
    document: Document = {
        "products": {
            one.code: _said(name=one.name, description=one.description) for one in listed.products
        },
        "meters": {one.code: meter_document(one) for one in listed.meters},
        "tax_rates": rates,
        "plans": {one.plan.code: plan_document(one, currency) for one in listed.plans},
    }
    if listed.change_rules is not None:
        document["change_rules"] = [rule_document(rule) for rule in listed.change_rules]
    return document


def meter_document(meter: NewMeter) -> Document:
    """A meter."""
    return _said(
        name=meter.name,
        aggregation=meter.aggregation.value,
        weighting=meter.weighting and meter.weighting.value,
        value_property=meter.value_property,
        price_property=meter.price_property,
        filters={name: sorted(values) for name, values in meter.filters.items()} or None,
        dimensions=sorted(meter.dimensions) or None,
        late_policy=_unless(meter.late_policy, LatePolicy.NEXT_INVOICE),
        back_dating_days=None
        if meter.back_dating_days == BACK_DATING_DAYS
        else meter.back_dating_days,
    )


def plan_document(listed: ListedPlan, currency: str) -> Document:
    """A plan with its terms."""
    plan = listed.plan
    return {
        **plan_words(listed),
        **terms_document(plan.terms, currency),
        **_said(
            available_from=plan.terms.available_from,
            retired_on=listed.retired_on,
        ),
    }


def plan_words(listed: ListedPlan) -> Document:
    """What stands beside a plan's terms and may change without a version."""
    plan: NewPlan = listed.plan
    return _said(
        name=plan.name,
        description=plan.description,
        product=plan.product,
        is_public=None if plan.is_public else False,
        is_add_on=plan.is_add_on or None,
    )


def terms_document(terms: NewTerms, currency: str) -> Document:
    """The terms, without the day from which they are available."""
    model = terms.pricing_model
    return _said(
        currency=terms.currency or currency,
        pricing_model=None if model in {None, pricing_model_of(terms.components)} else model.value,
        cycle=_unless(terms.cycle, BillingCycle.MONTHLY),
        timing=_unless(terms.timing, BillingTiming.ADVANCE),
        alignment=_unless(terms.alignment, Alignment.ANNIVERSARY),
        term_months=terms.term_months,
        renews=None if terms.renews else False,
        termination_fee={key: amount(fee) for key, fee in terms.termination_fee.items()} or None,
        add_on_to=list(terms.add_on_to) or None,
        phases=[_phase(phase) for phase in terms.phases] or None,
        components={one.code: _component(one, terms, currency) for one in terms.components},
        features=dict(terms.features) or None,
        change_rules=[rule_document(rule) for rule in terms.change_rules] or None,
        thresholds=_thresholds(terms.thresholds) or None,
        rollout=_unless(terms.rollout, Rollout.NEVER),
        rollout_on=terms.rollout_on,
    )


def _thresholds(said: BillingThresholds) -> Document:
    amounts = {key: [amount(one) for one in steps] for key, steps in said.amounts.items()}
    return _said(
        amounts=amounts or None,
        every={key: amount(one) for key, one in said.every.items()} or None,
        quantities={key: number(one) for key, one in said.quantities.items()} or None,
    )


def _phase(phase: PublishedPhase) -> Document:
    ends = phase.without_payment_method
    return _said(
        code=phase.code,
        kind=phase.kind.value,
        length=phase.length,
        unit=phase.unit and phase.unit.value,
        percent_off=None if phase.percent_off is None else number(phase.percent_off),
        requires_payment_method=phase.requires_payment_method or None,
        without_payment_method=_unless(ends, TrialEnd.CANCEL),
    )


def _component(one: NewComponent, terms: NewTerms, currency: str) -> Document:
    is_usage = one.kind is ComponentKind.USAGE
    prices = prices_of(one, terms.currency or currency)
    return _said(
        name=one.name,
        kind=_unless(one.kind, ComponentKind.RECURRING),
        model=_unless(one.model, ChargeModel.FLAT),
        prices={key: _price(one.model, parameters) for key, parameters in prices.items()},
        tax_code=one.tax_code,
        includes_tax=one.includes_tax or None,
        cycle=None if one.cycle in {None, terms.cycle} else one.cycle.value,
        timing=None if is_usage or one.timing in {None, terms.timing} else one.timing.value,
        meter=one.meter,
        filters={name: list(values) for name, values in one.filters.items()} or None,
        group_by=list(one.group_by) or None,
        phases=list(one.phases) or None,
        is_prorated=None if one.is_prorated else False,
    )


def _price(model: ChargeModel, parameters: Mapping[str, object]) -> object:
    name = PRICE_OF.get(model)
    if name is not None and set(parameters) == {name}:
        return _parameter(name, parameters[name])
    if model is ChargeModel.CUSTOM:  # only its own rule knows which text is a number
        return dict(parameters)
    return {key: _parameter(key, value) for key, value in parameters.items()}


def _parameter(key: str, value: object) -> object:
    if isinstance(value, Mapping):
        return {inner: _parameter(inner, one) for inner, one in value.items()}
    if isinstance(value, list | tuple):
        return [_parameter(key, one) for one in value]
    if isinstance(value, str) and key not in _WORDS:
        try:
            exact = Decimal(value)
        except InvalidOperation:
            return value
        return amount(exact) if key in _AMOUNTS else number(exact)
    return value


def rule_document(rule: ChangeRule) -> Document:
    """A rule about changes."""
    return _said(
        **{"from": None if rule.from_what == ANY else rule.from_what},
        to=rule.to_what,
        direction=rule.direction and rule.direction.value,
        behaviour=rule.behaviour.value,
    )


def number(value: Decimal) -> int | Decimal:
    """A number without zeros at its end, a whole one as such: 5, 0.2."""
    return int(value) if value == int(value) else value.normalize()


def amount(value: Decimal) -> int | Decimal:
    """A number with at least two decimals if it has any: 49.90, 0.0125, 100."""
    short = number(value)
    if isinstance(short, Decimal) and short == round(short, 2):
        return short.quantize(_CENT)
    return short


def _unless(value: Any, usual: object) -> Any:  # noqa: ANN401 (an enum's value)
    return None if value is usual else value.value


def _said(**words: Any) -> Document:  # noqa: ANN401 (what a document holds)
    return {name: value for name, value in words.items() if value is not None}
