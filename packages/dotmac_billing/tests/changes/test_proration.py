"""Shares of a period by the day and by the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.changes.proration import DayRuler, Ruler, SecondRuler, prorated
from dotmac_billing.subscriptions.periods import Period, period
from dotmac_core_ops.money import round_money

BY_DAY = DayRuler()
FEB = Period(date(2026, 2, 1), date(2026, 3, 1))
LEAP_FEB = Period(date(2028, 2, 1), date(2028, 3, 1))
ZONES = sorted(available_timezones())
cents = st.decimals(-10_000, 10_000, places=2)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (Period(date(2026, 2, 20), FEB.end), FEB, Decimal("50.00") * 9 / 28),
        (Period(date(2028, 2, 4), LEAP_FEB.end), LEAP_FEB, Decimal("50.00") * 26 / 29),
        (FEB, FEB, Decimal("50.00")),
        (Period(FEB.end, FEB.end), FEB, Decimal(0)),
    ],
)
def test_a_share_of_days(part: Period, whole: Period, expected: Decimal) -> None:
    assert prorated(Decimal("50.00"), part, whole, BY_DAY, "EUR") == round_money(expected, "EUR")


def test_seconds_count_from_the_instant_of_the_change() -> None:
    at = datetime(2026, 2, 15, 12, 0, tzinfo=UTC)  # the middle of February
    by_second = SecondRuler("UTC", at.date(), at)

    rest = prorated(Decimal(28), Period(at.date(), FEB.end), FEB, by_second, "EUR")

    assert rest == Decimal("13.50")


def test_the_day_on_which_clocks_are_changed_has_its_own_seconds() -> None:
    spring = Period(date(2026, 3, 29), date(2026, 3, 30))

    assert SecondRuler("Europe/Berlin").length(spring) == 23 * 3600
    assert BY_DAY.length(spring) == 1


@settings(deadline=None)  # a zone is read from its file when it is first asked for
@given(
    st.sampled_from(ZONES),
    st.dates(date(1971, 1, 1), date(2090, 1, 1)),
    st.integers(0, 366),
    st.integers(0, 366),
)
def test_seconds_add_up_in_every_zone(zone: str, start: date, first: int, second: int) -> None:
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    ruler = SecondRuler(zone)

    parts = ruler.length(Period(start, middle)) + ruler.length(Period(middle, end))

    assert parts == ruler.length(Period(start, end))
    # A zone has skipped a whole day (Samoa, 2011) or half of one; never more.
    assert abs(parts - (first + second) * 86_400) <= 86_400


@given(
    cents,
    st.dates(date(2000, 1, 31), date(2040, 1, 31)),
    st.sampled_from([one for one in BillingCycle if one is not BillingCycle.ONE_TIME]),
    st.tuples(st.integers(-50, 50), st.integers(0, 370)),
    st.sampled_from([BY_DAY, SecondRuler("Europe/Berlin"), SecondRuler("America/Havana")]),
)
def test_both_halves_of_a_period_cost_the_whole_to_a_cent(
    amount: Decimal, anchor: date, cycle: BillingCycle, when: tuple[int, int], ruler: Ruler
) -> None:
    n, day = when
    whole = period(anchor, cycle, n)
    middle = whole.start + timedelta(days=day % whole.days)
    used, unused = Period(whole.start, middle), Period(middle, whole.end)

    parts = [prorated(amount, part, whole, ruler, "EUR") for part in (used, unused)]

    assert abs(sum(parts) - amount) <= Decimal("0.01")
    exact = Fraction(amount) * ruler.length(used) / ruler.length(whole)
    assert abs(Fraction(parts[0]) - exact) <= Fraction(1, 200)
