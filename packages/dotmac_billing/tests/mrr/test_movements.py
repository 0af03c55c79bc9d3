from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.mrr.movements import Movement, MovementKind, classify, restate

NEW, EXPANSION, CONTRACTION = MovementKind.NEW, MovementKind.EXPANSION, MovementKind.CONTRACTION
CHURN, REACTIVATION = MovementKind.CHURN, MovementKind.REACTIVATION
FIBER, PHONE = UUID(int=1), UUID(int=2)
JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
Timeline = dict[date, Decimal]


@pytest.mark.parametrize(
    ("before", "after", "ever_had", "kind"),
    [
        (0, 10, False, NEW),
        (0, 10, True, REACTIVATION),
        (10, 15, True, EXPANSION),
        (15, 10, True, CONTRACTION),
        (10, 0, True, CHURN),
    ],
)
def test_the_kind_of_a_change(before: int, after: int, ever_had: bool, kind: MovementKind) -> None:
    assert classify(Decimal(before), Decimal(after), ever_had=ever_had) is kind


def said(log: list[Movement]) -> dict[tuple[date, MovementKind], Decimal]:
    sums: defaultdict[tuple[date, MovementKind], Decimal] = defaultdict(Decimal)
    for line in log:
        sums[line.occurred_on, line.kind] += line.amount
    return {key: amount for key, amount in sums.items() if amount}


def after(*steps: dict[UUID, Timeline]) -> list[Movement]:
    log: list[Movement] = []
    for step in steps:
        log += restate(log, step)
    return log


def test_a_customer_who_comes_goes_and_comes_back() -> None:
    log = after({FIBER: {JAN: Decimal(20), FEB: Decimal(-20)}}, {PHONE: {MAR: Decimal(5)}})
    assert said(log) == {(JAN, NEW): 20, (FEB, CHURN): -20, (MAR, REACTIVATION): 5}


def test_a_second_subscription_is_an_expansion_and_its_end_a_contraction() -> None:
    log = after({FIBER: {JAN: Decimal(20)}}, {PHONE: {FEB: Decimal(5), MAR: Decimal(-5)}})
    assert said(log) == {(JAN, NEW): 20, (FEB, EXPANSION): 5, (MAR, CONTRACTION): -5}


def test_two_subscriptions_on_one_day_are_one_new_customer() -> None:
    log = after({FIBER: {JAN: Decimal(20)}}, {PHONE: {JAN: Decimal(5)}})
    assert said(log) == {(JAN, NEW): 25}


def test_one_thing_for_a_dearer_one_is_an_expansion_by_the_difference() -> None:
    log = after(
        {FIBER: {JAN: Decimal(20)}},
        {FIBER: {JAN: Decimal(20), MAR: Decimal(-20)}, PHONE: {MAR: Decimal(25)}},
    )
    assert said(log) == {(JAN, NEW): 20, (MAR, EXPANSION): 5}


def test_a_term_cut_short_takes_its_old_end_back() -> None:
    log = after(
        {FIBER: {JAN: Decimal(20), APR: Decimal(-20)}},
        {FIBER: {JAN: Decimal(20), FEB: Decimal(-20)}},
    )
    assert said(log) == {(JAN, NEW): 20, (FEB, CHURN): -20}
    assert Movement(FIBER, APR, CHURN, Decimal(20)) in log


def test_an_older_subscription_found_later_makes_the_known_start_an_expansion() -> None:
    log = after({FIBER: {FEB: Decimal(20)}}, {PHONE: {JAN: Decimal(5)}})
    assert said(log) == {(JAN, NEW): 5, (FEB, EXPANSION): 20}


def test_saying_the_same_again_appends_nothing() -> None:
    log = after({FIBER: {JAN: Decimal(20)}})
    assert restate(log, {FIBER: {JAN: Decimal(20)}}) == []


timelines = st.dictionaries(
    st.sampled_from([JAN, FEB, MAR]), st.integers(1, 50).map(Decimal), min_size=1
).map(lambda begun: {**begun, APR: -sum(begun.values(), Decimal(0))})
steps = st.lists(
    st.dictionaries(st.sampled_from([FIBER, PHONE, UUID(int=3)]), timelines, min_size=1),
    max_size=5,
)


@given(steps)
def test_however_it_came_about_the_log_tells_what_holds_now(
    steps: list[dict[UUID, Timeline]],
) -> None:
    now: dict[UUID, Timeline] = {}
    for step in steps:
        now |= step

    log = after(*steps)

    assert said(log) == said(after(now) if now else [])
    for day in (JAN, FEB, MAR, APR):
        revenue = sum((line.amount for line in log if line.occurred_on <= day), Decimal(0))
        assert revenue == sum(
            amount for one in now.values() for on, amount in one.items() if on <= day
        )
