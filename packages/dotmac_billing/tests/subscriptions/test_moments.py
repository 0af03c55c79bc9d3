"""Which items are billed on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_billing.subscriptions.moments import Days, Due, due_at, next_moment, rhythms

M, Y, W, ONCE = (
    BillingCycle.MONTHLY,
    BillingCycle.ANNUALLY,
    BillingCycle.WEEKLY,
    BillingCycle.ONE_TIME,
)
AHEAD, AFTER = BillingTiming.ADVANCE, BillingTiming.ARREARS
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Item:
    name: str = "base"
    cycle: BillingCycle = M
    timing: BillingTiming = AHEAD
    anchor_on: date | None = None
    is_one_time: bool = False
    starts_on: date | None = None
    ends_on: date | None = None


def days(start: date, end: date | None = None, anchor: date | None = None) -> Days:
    return Days(anchor or start, start, end)


def bills(
    of: Days, items: list[Item], until: date, after: date | None = None
) -> list[tuple[date, list[tuple[str, date, date]]]]:
    """Every moment up to `until` with what is charged at it."""
    found = rhythms(of, items)
    got = []
    while (day := next_moment(found, after)) is not None and day <= until:
        got.append((day, [(due.item.name, *due.part) for due in due_at(found, day)]))
        after = day
    return got


def d(text: str) -> date:
    return date.fromisoformat(text)


def test_a_fee_ahead_and_usage_afterwards_meet_on_one_day() -> None:
    base, usage = Item(), Item("usage", timing=AFTER)

    found = bills(days(d("2026-01-15"), d("2026-03-01")), [base, usage], d("2027-01-01"))

    assert found == [
        (d("2026-01-15"), [("base", d("2026-01-15"), d("2026-02-15"))]),
        (
            d("2026-02-15"),
            [
                ("base", d("2026-02-15"), d("2026-03-01")),
                ("usage", d("2026-01-15"), d("2026-02-15")),
            ],
        ),
        (d("2026-03-01"), [("usage", d("2026-02-15"), d("2026-03-01"))]),
    ]


def test_a_yearly_fee_joins_the_monthly_one_once_a_year() -> None:
    base, yearly = Item(), Item("domain", cycle=Y)

    found = bills(days(d("2026-01-31")), [base, yearly], d("2027-01-31"))

    assert [day.day for day, _ in found] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]
    assert [day for day, lines in found if len(lines) == 2] == [d("2026-01-31"), d("2027-01-31")]


def test_a_change_within_a_period_not_billed_yet_charges_both_for_their_days() -> None:
    old = Item("old", ends_on=d("2026-02-11"))
    new = Item("new", starts_on=d("2026-02-11"))

    found = bills(days(d("2026-01-01")), [old, new], d("2026-03-01"))

    assert found[1] == (
        d("2026-02-01"),
        [("old", d("2026-02-01"), d("2026-02-11")), ("new", d("2026-02-11"), d("2026-03-01"))],
    )


def test_a_trial_is_days_without_an_item() -> None:
    paid = Item(starts_on=d("2026-01-15"))

    found = bills(days(d("2026-01-01"), anchor=d("2026-01-15")), [paid], d("2026-02-15"))

    assert [day for day, _ in found] == [d("2026-01-15"), d("2026-02-15")]


def test_a_new_rhythm_begins_where_the_old_one_ends() -> None:
    old = Item("old", anchor_on=d("2026-01-01"), ends_on=d("2026-02-11"))
    new = Item("new", starts_on=d("2026-02-11"))

    found = bills(days(d("2026-01-01"), anchor=d("2026-02-11")), [old, new], d("2026-03-11"))

    assert [day for day, _ in found] == [
        d("2026-01-01"),
        d("2026-02-01"),
        d("2026-02-11"),
        d("2026-03-11"),
    ]


@pytest.mark.parametrize(
    ("timing", "starts_on", "billed_on"),
    [
        (AHEAD, None, "2026-01-10"),
        (AHEAD, "2026-03-20", "2026-03-10"),
        (AFTER, None, "2026-02-10"),
        (AFTER, "2026-03-20", "2026-04-10"),
    ],
)
def test_what_is_charged_once_comes_with_its_period(
    timing: BillingTiming, starts_on: str | None, billed_on: str
) -> None:
    base = Item(timing=timing)
    setup = Item(
        "setup", timing=timing, is_one_time=True, starts_on=d(starts_on) if starts_on else None
    )

    found = bills(days(d("2026-01-10")), [base, setup], d("2026-12-31"))

    assert [day for day, lines in found if "setup" in [name for name, *_ in lines]] == [
        d(billed_on)
    ]


def test_a_plan_charged_once_has_one_moment() -> None:
    item = Item(cycle=ONCE, is_one_time=True)

    assert bills(days(d("2026-05-05"), d("2026-05-06")), [item], d("2030-01-01")) == [
        (d("2026-05-05"), [("base", d("2026-05-05"), d("2026-05-06"))])
    ]


def test_an_item_without_a_day_is_never_billed() -> None:
    gone = Item(starts_on=d("2026-02-01"), ends_on=d("2026-02-01"))

    assert rhythms(days(d("2026-01-01")), [gone]) == []


a_day = st.dates(date(2024, 1, 1), date(2026, 12, 31))
an_item = st.builds(
    Item,
    name=st.just("item"),
    cycle=st.sampled_from([W, M, BillingCycle.QUARTERLY, Y]),
    timing=st.sampled_from([AHEAD, AFTER]),
    anchor_on=st.none() | a_day,
    starts_on=st.none() | a_day,
    ends_on=st.none() | a_day,
)


@given(start=a_day, end=st.none() | a_day, anchor=a_day, items=st.lists(an_item, max_size=4))
def test_every_day_of_every_item_is_charged_exactly_once(
    start: date, end: date | None, anchor: date, items: list[Item]
) -> None:
    of = Days(anchor, start, end)
    until = date(2028, 12, 31)
    found = rhythms(of, items)
    charged: list[Due[Item]] = []
    moments: list[date] = []
    after = None
    while (day := next_moment(found, after)) is not None and day <= until:
        at_once = list(due_at(found, day))
        for due in at_once:
            billed = due.part.start if due.item.timing is AHEAD else due.part.end
            assert (due.item.timing is AHEAD and due.part.start >= day) or billed <= day
            assert due.whole.start <= due.part.start < due.part.end <= due.whole.end
        charged += at_once
        moments.append(day)
        after = day

    assert moments == sorted(set(moments))
    horizon = date(2027, 6, 1)
    for item in items:
        got: list[date] = []
        for due in charged:
            if due.item is item:
                got += [
                    due.part.start + i * A_DAY for i in range((due.part.end - due.part.start).days)
                ]
        first = max(start, item.starts_on or start)
        last = min(x for x in (end, item.ends_on, horizon) if x is not None)
        expected = [first + i * A_DAY for i in range(max(0, (last - first).days))]
        assert [day for day in got if day < horizon] == expected


@given(start=a_day, anchor=a_day, items=st.lists(an_item, min_size=1, max_size=3), after=a_day)
def test_the_next_moment_is_the_first_on_which_anything_may_be_billed(
    start: date, anchor: date, items: list[Item], after: date
) -> None:
    found = rhythms(Days(anchor, start, None), items)

    nearest = next_moment(found, after)

    between = (nearest or after + timedelta(days=400)) - after
    for offset in range(1, between.days):
        assert not list(due_at(found, after + offset * A_DAY))
