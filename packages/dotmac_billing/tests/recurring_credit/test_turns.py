from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.recurring_credit.turns import Turn, rolled_over, turn_after, turns

JAN_31 = date(2026, 1, 31)
FEB_28, MAR_31, APR_30 = date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("every", "day", "expected"),
    [
        (1, date(2025, 12, 1), JAN_31),
        (1, JAN_31, FEB_28),
        (1, date(2026, 2, 27), FEB_28),
        (1, FEB_28, MAR_31),  # the 31st is kept
        (3, JAN_31, APR_30),
        (3, date(2026, 3, 15), APR_30),
        (12, JAN_31, date(2027, 1, 31)),
    ],
)
def test_a_turn_is_counted_from_the_anchor(every: int, day: date, expected: date) -> None:
    assert turn_after(JAN_31, every, day) == expected


@pytest.mark.parametrize(
    ("ends_on", "today", "expected"),
    [
        (None, date(2026, 1, 30), ([], JAN_31)),
        (None, JAN_31, ([Turn(JAN_31, FEB_28)], FEB_28)),
        (None, FEB_28, ([Turn(JAN_31, FEB_28), Turn(FEB_28, MAR_31)], MAR_31)),
        (FEB_28, FEB_28, ([Turn(JAN_31, FEB_28)], None)),
        (date(2026, 3, 1), FEB_28, ([Turn(JAN_31, FEB_28), Turn(FEB_28, MAR_31)], None)),
        (JAN_31, JAN_31, ([], None)),
    ],
)
def test_turns_begin_up_to_today_and_before_the_end(
    ends_on: date | None, today: date, expected: tuple[list[Turn], date | None]
) -> None:
    assert turns(JAN_31, 1, JAN_31, ends_on, today) == expected


@given(days, st.integers(1, 24), days)
def test_no_turn_is_left_out_between_a_day_and_the_next_turn(
    anchor: date, every: int, day: date
) -> None:
    following = turn_after(anchor, every, day)

    assert following > day
    assert turn_after(anchor, every, following - timedelta(1)) == following


@given(days, st.integers(1, 12), st.integers(0, 900), st.integers(0, 900))
def test_it_does_not_matter_how_often_one_looks(
    anchor: date, every: int, first: int, second: int
) -> None:
    early, late = anchor + timedelta(first), anchor + timedelta(first + second)

    before, next_on = turns(anchor, every, anchor, None, early)
    assert next_on is not None
    after, last = turns(anchor, every, next_on, None, late)

    assert (before + after, last) == turns(anchor, every, anchor, None, late)


def test_what_rolls_over_is_limited() -> None:
    left = Decimal("7.00")

    assert [rolled_over(left, most) for most in (None, Decimal(5), Decimal(9))] == [0, 5, 7]
