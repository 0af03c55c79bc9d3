from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.component_prices import prices_of, texts, unit_price_of
from dotmac_billing.catalog.errors import (
    InvalidChangeRulesError,
    InvalidPlanError,
    PricingModelNotAvailableError,
)
from dotmac_billing.catalog.plan import NewComponent, NewTerms, PublishedPhase
from dotmac_billing.catalog.pricing_model import fits, pricing_model_of
from dotmac_billing.catalog.soundness import require_sound, require_sound_rules
from dotmac_billing.catalog.terms import (
    BillingCycle,
    ChangeBehaviour,
    ChargeModel,
    ComponentKind,
    PhaseKind,
    PhaseUnit,
    PricingModel,
    Rollout,
)

TIERS = {"tiers": [{"up_to": "100", "unit_price": "0"}, {"up_to": None, "unit_price": "0.02"}]}
LINE = NewComponent("line", "Line", Decimal("49.90"))
TRAFFIC = NewComponent(
    "traffic",
    "Traffic",
    kind=ComponentKind.USAGE,
    model=ChargeModel.GRADUATED,
    prices={"EUR": TIERS},
    meter="gigabytes",
    filters={"direction": ("down", "up")},
    group_by=("region",),
)
TRIAL = PublishedPhase("trial", PhaseKind.TRIAL, 14, PhaseUnit.DAYS)
CHEAP = PublishedPhase("cheap", PhaseKind.DISCOUNT, 1, PhaseUnit.YEARS, Decimal("0.2"))
FOR_EVER = PublishedPhase("for ever", PhaseKind.EVERGREEN)


def refusal(terms: NewTerms) -> str:
    with pytest.raises(InvalidPlanError) as refused:
        require_sound(terms, "EUR")
    return refused.value.message


def test_terms_with_everything_are_sound() -> None:
    terms = NewTerms(
        (LINE, TRAFFIC, NewComponent("setup", "Set-up", Decimal(99), ComponentKind.ONE_TIME)),
        phases=(TRIAL, CHEAP, FOR_EVER),
        term_months=24,
        termination_fee={"EUR": Decimal(120)},
        features={"mail": 5, "ip": True, "help": "day", "disk": -1},
        rollout=Rollout.DATE,
        rollout_on=date(2027, 1, 1),
        change_rules=(ChangeRule(ChangeBehaviour.AT_RENEWAL, to_what="product:internet"),),
        add_on_to=("plan:FIBER", "product:internet"),
    )

    require_sound(terms, "EUR")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"prices": {}}, "no price in EUR"),
        ({"prices": {"EUR": {"tiers": []}}}, "tiers"),
        ({"prices": {"EUR": {**TIERS, "colour": "red"}}}, "colour"),
        ({"prices": {"EUR": TIERS, "USD": {"tiers": [{"up_to": "x"}]}}}, "USD: tiers.0.up_to"),
        ({"unit_price": Decimal(1)}, "Only flat and per unit"),
        ({"meter": None}, "names its meter"),
        ({"cycle": BillingCycle.ONE_TIME}, "period after period"),
        ({"kind": ComponentKind.RECURRING}, "Only a component for usage"),
        ({"filters": {"direction": ()}}, "at least one accepted value"),
        ({"phases": ("summer",)}, "no phase 'summer'"),
    ],
)
def test_a_component_that_could_not_be_charged(changed: dict[str, Any], problem: str) -> None:
    assert problem in refusal(NewTerms((LINE, replace(TRAFFIC, **changed))))


@pytest.mark.parametrize("model", [ChargeModel.PERCENTAGE, ChargeModel.DYNAMIC])
def test_what_must_know_each_event_is_for_usage_only(model: ChargeModel) -> None:
    parameters = {
        ChargeModel.PERCENTAGE: {"rate": "0.03", "fixed_fee": "0.25"},
        ChargeModel.DYNAMIC: {},
    }[model]
    part = NewComponent("fee", "Fee", model=model, prices={"EUR": parameters})

    assert "for usage only" in refusal(NewTerms((part,)))
    require_sound(NewTerms((replace(part, kind=ComponentKind.USAGE, meter="sales"),)), "EUR")


def test_two_prices_in_one_currency_are_refused_when_they_differ() -> None:
    twice = replace(LINE, prices={"EUR": {"price": "59.90"}})

    assert "two prices" in refusal(NewTerms((twice,)))
    require_sound(NewTerms((replace(twice, unit_price=Decimal("59.9")),)), "EUR")


@pytest.mark.parametrize(
    ("phases", "problem"),
    [
        ((TRIAL,), "the last phase is evergreen"),
        ((FOR_EVER, TRIAL, replace(FOR_EVER, code="again")), "nothing comes after evergreen"),
        ((replace(TRIAL, length=None, unit=None), FOR_EVER), "only evergreen goes on"),
        ((replace(TRIAL, unit=None), FOR_EVER), "a number and a unit"),
        ((replace(TRIAL, length=0), FOR_EVER), "a length is 1 to"),
        ((replace(FOR_EVER, length=3, unit=PhaseUnit.DAYS),), "evergreen has no length"),
        ((replace(CHEAP, percent_off=None), FOR_EVER), "how much less"),
        ((replace(CHEAP, percent_off=Decimal(20)), FOR_EVER), "20 % is 0.2"),
        ((replace(TRIAL, percent_off=Decimal("0.5")), FOR_EVER), "how much less"),
        ((replace(FOR_EVER, requires_payment_method=True),), "only a trial"),
        ((TRIAL, TRIAL, FOR_EVER), "the same code"),
    ],
)
def test_phases_that_do_not_follow_each_other(
    phases: tuple[PublishedPhase, ...], problem: str
) -> None:
    assert problem in refusal(NewTerms((LINE,), phases=phases))


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"term_months": 0}, "A term has"),
        ({"rollout": Rollout.DATE}, "A rollout on a date"),
        ({"rollout_on": date(2027, 1, 1)}, "A rollout on a date"),
        ({"features": {"mail": -2}}, "-1 for unlimited"),
        ({"features": {"mail": 10**15 + 1}}, "-1 for unlimited"),
        ({"termination_fee": {"EUR": Decimal(-1)}}, "A fee"),
        ({"add_on_to": ("FIBER",)}, "product:CODE"),
        ({"change_rules": (ChangeRule(ChangeBehaviour.AT_RENEWAL, "plan:A"),)}, "leaving it"),
        ({"change_rules": (ChangeRule(ChangeBehaviour.AT_RENEWAL, to_what="A"),)}, "plan:CODE"),
        ({"cycle": BillingCycle.ONE_TIME, "phases": (FOR_EVER,)}, "has no phases"),
    ],
)
def test_terms_that_contradict_each_other(changed: dict[str, Any], problem: str) -> None:
    assert problem in refusal(replace(NewTerms((LINE,)), **changed))


@pytest.mark.parametrize(
    ("components", "expected", "also"),
    [
        ((LINE,), PricingModel.FLAT_RATE, set()),
        ((TRAFFIC,), PricingModel.TIERED, {PricingModel.USAGE_BASED}),
        ((LINE, TRAFFIC), PricingModel.HYBRID, {PricingModel.USAGE_BASED, PricingModel.TIERED}),
        (
            (replace(TRAFFIC, model=ChargeModel.VOLUME),),
            PricingModel.VOLUME_BASED,
            {PricingModel.USAGE_BASED},
        ),
        ((replace(TRAFFIC, model=ChargeModel.PER_UNIT),), PricingModel.USAGE_BASED, set()),
    ],
)
def test_a_pricing_model_is_what_the_components_are(
    components: tuple[NewComponent, ...], expected: PricingModel, also: set[PricingModel]
) -> None:
    assert pricing_model_of(components) is expected
    assert {one for one in PricingModel if fits(one, components)} == {expected} | also


def test_a_name_that_fits_no_component_is_refused() -> None:
    with pytest.raises(PricingModelNotAvailableError):
        require_sound(NewTerms((LINE,), pricing_model=PricingModel.TIERED), "EUR")


def test_prices_are_text_and_hold_the_unit_price() -> None:
    both = NewComponent("line", "Line", Decimal("49.90"), prices={"USD": {"price": 55}})

    assert prices_of(both, "EUR") == {"EUR": {"price": "49.90"}, "USD": {"price": "55"}}
    assert unit_price_of(both, "EUR") == Decimal("49.90")
    assert unit_price_of(both, "USD") == 55
    assert "GBP" not in prices_of(NewComponent("a", "A", prices={"USD": {"price": 1}}), "GBP")
    assert unit_price_of(TRAFFIC, "EUR") == 0


def test_every_number_becomes_text_and_nothing_else() -> None:
    given = {"a": [Decimal("0.10"), {"b": 3}], "on": True, "none": None, "from": "08:00"}

    assert texts(given) == {"a": ["0.10", {"b": "3"}], "on": True, "none": None, "from": "08:00"}


def test_two_tenants_rules_about_one_change_are_refused() -> None:
    rule = ChangeRule(ChangeBehaviour.AT_RENEWAL, "plan:A")
    require_sound_rules([rule, replace(rule, to_what="plan:B")])

    for wrong in ([rule, rule], [replace(rule, to_what="B")], [replace(rule, from_what="B")]):
        with pytest.raises(InvalidChangeRulesError):
            require_sound_rules(wrong)
