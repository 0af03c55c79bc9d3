"""What applying a price list would do, step by step, each with what changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.price_lists.document import (
    Document,
    meter_document,
    number,
    plan_document,
    plan_words,
    rule_document,
    terms_document,
)
from dotmac_billing.price_lists.price_list import (
    ListedPlan,
    ListedProduct,
    ListedRate,
    PriceList,
)
from dotmac_billing.usage.meters.definition import NewMeter

NOTHING = object()
"""Stands for what is not there, where None may be what is."""


class Step(Enum):
    """What is done to the catalogue."""

    ADD_PRODUCT = "add_product"
    CHANGE_PRODUCT = "change_product"
    ADD_METER = "add_meter"
    CHANGE_METER = "change_meter"
    ADD_TAX_RATE = "add_tax_rate"
    PUBLISH_PLAN = "publish_plan"
    PUBLISH_VERSION = "publish_version"
    CHANGE_PLAN = "change_plan"
    RETIRE_PLAN = "retire_plan"
    UNRETIRE_PLAN = "unretire_plan"
    SET_CHANGE_RULES = "set_change_rules"


Target = ListedProduct | NewMeter | ListedRate | ListedPlan | tuple[ChangeRule, ...]


@dataclass(frozen=True)
class Edit:
    """One value that is added (`before` is NOTHING), removed (`after` is NOTHING) or replaced."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """A step with the code of what it is about, and what that is to be."""

    step: Step
    code: str
    edits: tuple[Edit, ...]
    target: Target


def changes(stored: PriceList, wanted: PriceList, currency: str) -> list[Change]:
    """What makes the catalogue say what `wanted` says, in the order in which it can be done.

    Products, meters, taxes and plans that `wanted` does not name stay as they are; of those it
    names it says everything. A version is published only where the terms differ; the day from
    which they are available is no term. `currency` is the tenant's.
    """
    return [
        *_products(stored, wanted),
        *_meters(stored, wanted),
        *_tax_rates(stored, wanted),
        *_plans(stored, wanted, currency),
        *_change_rules(stored, wanted),
    ]


def _products(stored: PriceList, wanted: PriceList) -> Iterator[Change]:
    known = {one.code: one for one in stored.products}
    for one in wanted.products:
        before = known.get(one.code)
        if before is None:
            yield Change(Step.ADD_PRODUCT, one.code, _edits({}, _product(one)), one)
        elif found := _edits(_product(before), _product(one)):
            yield Change(Step.CHANGE_PRODUCT, one.code, found, one)


def _product(one: ListedProduct) -> Document:
    words = {"name": one.name, "description": one.description}
    return {name: text for name, text in words.items() if text is not None}


def _meters(stored: PriceList, wanted: PriceList) -> Iterator[Change]:
    known = {one.code: one for one in stored.meters}
    for one in wanted.meters:
        before = known.get(one.code)
        if before is None:
            yield Change(Step.ADD_METER, one.code, _edits({}, meter_document(one)), one)
        elif found := _edits(meter_document(before), meter_document(one)):
            yield Change(Step.CHANGE_METER, one.code, found, one)


def _tax_rates(stored: PriceList, wanted: PriceList) -> Iterator[Change]:
    known = {(one.code, one.valid_from) for one in stored.tax_rates}
    for one in wanted.tax_rates:
        if (one.code, one.valid_from) not in known:
            said = {"rate": number(one.rate), "valid_from": one.valid_from, "name": one.name}
            yield Change(Step.ADD_TAX_RATE, one.code, _edits({}, said), one)


def _plans(stored: PriceList, wanted: PriceList, currency: str) -> Iterator[Change]:
    known = {one.plan.code: one for one in stored.plans}
    for one in wanted.plans:
        before = known.get(one.plan.code)
        if before is None:
            document = plan_document(one, currency)
            yield Change(Step.PUBLISH_PLAN, one.plan.code, _edits({}, document), one)
        else:
            yield from _plan(before, one, currency)


def _plan(before: ListedPlan, after: ListedPlan, currency: str) -> Iterator[Change]:
    code = after.plan.code
    retired = (Edit("retired_on", before.retired_on or NOTHING, after.retired_on or NOTHING),)
    # First, because a retired plan gets no version.
    if before.retired_on is not None and after.retired_on is None:
        yield Change(Step.UNRETIRE_PLAN, code, retired, after)
    if found := _edits(plan_words(before), plan_words(after)):
        yield Change(Step.CHANGE_PLAN, code, found, after)
    terms = (
        terms_document(before.plan.terms, currency),
        terms_document(after.plan.terms, currency),
    )
    if found := _edits(*terms):
        yield Change(Step.PUBLISH_VERSION, code, found, after)
    if after.retired_on not in {None, before.retired_on}:
        yield Change(Step.RETIRE_PLAN, code, retired, after)


def _change_rules(stored: PriceList, wanted: PriceList) -> Iterator[Change]:
    if wanted.change_rules is None:
        return
    before = _by_change([rule_document(rule) for rule in stored.change_rules or ()])
    after = _by_change([rule_document(rule) for rule in wanted.change_rules])
    if found := _edits(before, after):
        yield Change(Step.SET_CHANGE_RULES, "*", found, wanted.change_rules)


def _by_change(rules: Sequence[Document]) -> Document:
    """The rules by what they are about, so that their order does not count."""
    return {
        f"{rule.get('from', '*')} → {rule['to']} ({rule.get('direction', 'any')})": rule[
            "behaviour"
        ]
        for rule in rules
    }


def _edits(before: Document, after: Document) -> tuple[Edit, ...]:
    return tuple(_between("", before, after))


def _between(path: str, before: Any, after: Any) -> Iterator[Edit]:  # noqa: ANN401 (a document)
    if _maps(before) and _maps(after) and before is not after:
        before, after = _entries(before), _entries(after)
        for key in (*before, *(key for key in after if key not in before)):
            inner = f"{path}.{key}" if path else str(key)
            yield from _between(inner, before.get(key, NOTHING), after.get(key, NOTHING))
    elif _rules(before) and _rules(after):
        yield from _between(path, _by_change(_listed(before)), _by_change(_listed(after)))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from _between(f"{path}.{index}", *pair)
    elif not _same(before, after):
        yield Edit(path, before, after)


def _maps(value: object) -> bool:
    return value is NOTHING or isinstance(value, Mapping)


def _entries(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 (a document or nothing)
    return {} if value is NOTHING else value


def _rules(value: object) -> bool:
    return value is NOTHING or (
        isinstance(value, list)
        and all(isinstance(one, Mapping) and "behaviour" in one for one in value)
    )


def _listed(value: Any) -> Sequence[Document]:  # noqa: ANN401 (rules or nothing)
    return [] if value is NOTHING else value


def _same(before: object, after: object) -> bool:
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if isinstance(before, int | Decimal) and isinstance(after, int | Decimal):
        return before == after
    return type(before) is type(after) and before == after
