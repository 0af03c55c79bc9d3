from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_billing.subscriptions.periods import (
    Period,
    bill_date,
    next_bill,
    period,
    period_index,
    served,
    share,
)

WEEKLY, MONTHLY, QUARTERLY = BillingCycle.WEEKLY, BillingCycle.MONTHLY, BillingCycle.QUARTERLY
HALF_YEARLY, YEARLY, ONCE = (
    BillingCycle.SEMI_ANNUALLY,
    BillingCycle.ANNUALLY,
    BillingCycle.ONE_TIME,
)
ADVANCE, ARREARS = BillingTiming.ADVANCE, BillingTiming.ARREARS

repeating = st.sampled_from([WEEKLY, MONTHLY, QUARTERLY, HALF_YEARLY, YEARLY])
anchors = st.dates(date(1900, 1, 1), date(2200, 1, 1))
indexes = st.integers(-200, 1200)


@pytest.mark.parametrize(
    ("anchor_on", "cycle", "n", "start", "end"),
    [
        (date(2026, 1, 31), MONTHLY, 0, date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 1, 31), MONTHLY, 1, date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 1, 31), MONTHLY, 2, date(2026, 3, 31), date(2026, 4, 30)),
        (date(2024, 1, 31), MONTHLY, 1, date(2024, 2, 29), date(2024, 3, 31)),
        (date(2026, 1, 15), MONTHLY, -1, date(2025, 12, 15), date(2026, 1, 15)),
        (date(2025, 11, 30), QUARTERLY, 1, date(2026, 2, 28), date(2026, 5, 30)),
        (date(2025, 8, 31), HALF_YEARLY, 1, date(2026, 2, 28), date(2026, 8, 31)),
        (date(2024, 2, 29), YEARLY, 1, date(2025, 2, 28), date(2026, 2, 28)),
        (date(2024, 2, 29), YEARLY, 4, date(2028, 2, 29), date(2029, 2, 28)),
        (date(2026, 12, 28), WEEKLY, 1, date(2027, 1, 4), date(2027, 1, 11)),
        (date(2026, 5, 5), ONCE, 0, date(2026, 5, 5), date(2026, 5, 6)),
    ],
)
def test_a_period_is_counted_from_the_anchor(
    anchor_on: date, cycle: BillingCycle, n: int, start: date, end: date
) -> None:
    assert period(anchor_on, cycle, n) == Period(start, end)


def test_a_charge_made_once_has_one_period() -> None:
    with pytest.raises(ValueError, match="one period"):
        period(date(2026, 5, 5), ONCE, 1)


@given(anchors, repeating, indexes)
def test_periods_follow_each_other_without_gap_or_overlap(
    anchor_on: date, cycle: BillingCycle, n: int
) -> None:
    assert period(anchor_on, cycle, n).end == period(anchor_on, cycle, n + 1).start


@given(anchors, repeating, indexes)
def test_a_period_has_at_least_a_day(anchor_on: date, cycle: BillingCycle, n: int) -> None:
    assert period(anchor_on, cycle, n).days > 0


@given(anchors, repeating, indexes)
def test_the_anchor_day_is_kept_wherever_the_month_has_it(
    anchor_on: date, cycle: BillingCycle, n: int
) -> None:
    start = period(anchor_on, cycle, n).start
    if cycle is WEEKLY:
        assert start.weekday() == anchor_on.weekday()
    elif start.day != anchor_on.day:
        assert start.day < anchor_on.day
        assert (start + timedelta(days=1)).day == 1  # clipped to the last day, not to any other


@given(anchors, repeating, st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_every_day_is_in_the_period_of_its_index(
    anchor_on: date, cycle: BillingCycle, day: date
) -> None:
    whole = period(anchor_on, cycle, period_index(anchor_on, cycle, day))
    assert whole.start <= day < whole.end


@given(anchors, repeating, st.integers(0, 120))
def test_as_many_periods_as_a_year_has_make_a_year(
    anchor_on: date, cycle: BillingCycle, years: int
) -> None:
    a_year = {MONTHLY: 12, QUARTERLY: 4, HALF_YEARLY: 2, YEARLY: 1}.get(cycle)
    if a_year is not None:
        late = period(anchor_on, cycle, a_year * years).start
        assert (late.year, late.month) == (anchor_on.year + years, anchor_on.month)


def test_a_subscription_that_starts_between_boundaries_is_served_a_stub() -> None:
    january = period(date(2026, 1, 1), MONTHLY, 0)
    assert served(january, date(2026, 1, 20), None) == Period(date(2026, 1, 20), date(2026, 2, 1))


def test_the_day_of_the_end_is_not_served() -> None:
    january = period(date(2026, 1, 1), MONTHLY, 0)
    assert served(january, date(2026, 1, 1), date(2026, 1, 11)) == Period(
        date(2026, 1, 1), date(2026, 1, 11)
    )
    assert served(january, date(2026, 1, 1), date(2026, 1, 1)) is None


def test_a_stub_is_a_share_of_the_days_of_its_whole_period() -> None:
    february = period(date(2024, 2, 1), MONTHLY, 0)
    assert share(Period(date(2024, 2, 4), date(2024, 3, 1)), february) == Decimal(26) / 29
    assert share(february, february) == 1


def test_a_period_is_billed_when_it_begins_or_when_it_is_over() -> None:
    january = period(date(2026, 1, 1), MONTHLY, 0)
    assert bill_date(january, ADVANCE) == date(2026, 1, 1)
    assert bill_date(january, ARREARS) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("timing", "n", "end_on", "expected"),
    [
        (ADVANCE, 0, None, date(2026, 1, 10)),
        (ADVANCE, 1, None, date(2026, 2, 1)),
        (ARREARS, 0, None, date(2026, 2, 1)),
        (ADVANCE, 1, date(2026, 2, 1), None),
        (ADVANCE, 1, date(2026, 2, 2), date(2026, 2, 1)),
        (ARREARS, 1, date(2026, 2, 15), date(2026, 2, 15)),
        (ARREARS, 1, date(2026, 2, 1), None),
    ],
)
def test_the_next_bill_of_a_subscription_from_the_tenth_anchored_on_the_first(
    timing: BillingTiming, n: int, end_on: date | None, expected: date | None
) -> None:
    bill_on = next_bill(
        n,
        anchor_on=date(2026, 1, 1),
        cycle=MONTHLY,
        timing=timing,
        start_on=date(2026, 1, 10),
        end_on=end_on,
    )
    assert bill_on == expected


@pytest.mark.parametrize(("n", "expected"), [(0, date(2026, 5, 5)), (1, None)])
def test_a_charge_made_once_is_never_due_again(n: int, expected: date | None) -> None:
    day = date(2026, 5, 5)
    bill_on = next_bill(
        n, anchor_on=day, cycle=ONCE, timing=ADVANCE, start_on=day, end_on=date(2026, 5, 6)
    )
    assert bill_on == expected


@given(anchors, repeating, st.sampled_from([ADVANCE, ARREARS]), st.integers(0, 2000))
def test_the_days_billed_until_the_end_are_the_days_served(
    start_on: date, cycle: BillingCycle, timing: BillingTiming, length: int
) -> None:
    end_on = start_on + timedelta(days=length)
    n, days, last = 0, 0, date.min
    while True:
        bill_on = next_bill(
            n, anchor_on=start_on, cycle=cycle, timing=timing, start_on=start_on, end_on=end_on
        )
        if bill_on is None:
            break
        part = served(period(start_on, cycle, n), start_on, end_on)
        assert part is not None
        assert last < bill_on <= end_on
        n, days, last = n + 1, days + part.days, bill_on
    assert days == length
