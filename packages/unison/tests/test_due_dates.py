"""On which days maintenance is due."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unison.maintenance.due_dates import MOST_PERIODS, Frequency, Rhythm

DAILY, WEEKLY, MONTHLY = Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY
QUARTERLY, YEARLY = Frequency.QUARTERLY, Frequency.YEARLY

DAYS = st.dates(date(1970, 1, 1), date(2199, 12, 31))
RHYTHMS = st.builds(
    Rhythm,
    anchor_on=DAYS,
    frequency=st.sampled_from(Frequency),
    interval=st.integers(1, MOST_PERIODS),
)
# Every day of four years, one of them a leap year.
FOUR_YEARS = [date(2024, 1, 1) + timedelta(days=number) for number in range(1461)]


@pytest.mark.parametrize(
    ("frequency", "interval", "anchor", "days"),
    [
        (DAILY, 1, "2026-12-30", ["2026-12-30", "2026-12-31", "2027-01-01"]),
        (DAILY, 10, "2024-02-20", ["2024-02-20", "2024-03-01", "2024-03-11"]),
        (WEEKLY, 2, "2026-02-23", ["2026-02-23", "2026-03-09", "2026-03-23"]),
        (MONTHLY, 1, "2026-01-31", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (MONTHLY, 1, "2024-01-30", ["2024-01-30", "2024-02-29", "2024-03-30"]),
        (MONTHLY, 5, "2025-10-31", ["2025-10-31", "2026-03-31", "2026-08-31"]),
        (QUARTERLY, 1, "2025-11-30", ["2025-11-30", "2026-02-28", "2026-05-30"]),
        (QUARTERLY, 2, "2025-08-31", ["2025-08-31", "2026-02-28", "2026-08-31"]),
        (YEARLY, 1, "2024-02-29", ["2024-02-29", "2025-02-28", "2026-02-28"]),
        (YEARLY, 4, "2024-02-29", ["2024-02-29", "2028-02-29", "2032-02-29"]),
        (YEARLY, 25, "2075-02-28", ["2075-02-28", "2100-02-28", "2125-02-28"]),
    ],
)
def test_due_dates_are_counted_from_the_anchor(
    frequency: Frequency, interval: int, anchor: str, days: list[str]
) -> None:
    rhythm = Rhythm(date.fromisoformat(anchor), frequency, interval)

    assert [str(rhythm.due_on(number)) for number in range(3)] == days
    assert [str(day) for day in rhythm.following(date.min, 3)] == days


@pytest.mark.parametrize("frequency", [MONTHLY, QUARTERLY, YEARLY])
@pytest.mark.parametrize("interval", [1, 2, 3, 7])
def test_a_day_of_the_month_never_drifts(frequency: Frequency, interval: int) -> None:
    for anchor in FOUR_YEARS:
        rhythm = Rhythm(anchor, frequency, interval)
        done = anchor - timedelta(days=1)
        for _ in range(8):  # completed on its day, again and again
            done = rhythm.first_after(done)
            assert done.day == min(anchor.day, monthrange(done.year, done.month)[1])


@given(RHYTHMS, DAYS)
def test_what_is_due_next_lies_after_the_day_and_nothing_between(rhythm: Rhythm, day: date) -> None:
    number = rhythm.number_after(day)

    assert rhythm.first_after(day) == rhythm.due_on(number) > day
    assert number == 0 or rhythm.due_on(number - 1) <= day
    assert rhythm.due_on(number) < rhythm.due_on(number + 1)


@pytest.mark.parametrize(
    ("completed", "answered"),
    [
        ("2026-02-27", "2026-02-28"),  # a day early
        ("2026-02-14", "2026-02-28"),  # half a period early: 14 days before, 14 after
        ("2026-02-13", None),  # nearer to 31 January, which is done
        ("2026-01-31", None),  # entered twice
        ("2025-06-01", None),  # entered long afterwards
        ("2026-02-28", "2026-02-28"),
        ("2026-03-30", "2026-02-28"),  # a month late, a day before the next
        ("2027-01-01", "2026-02-28"),  # the first that was missed
    ],
)
def test_work_is_for_the_due_date_that_is_next(completed: str, answered: str | None) -> None:
    rhythm = Rhythm(date(2026, 1, 31), MONTHLY)

    found = rhythm.answered_by(date.fromisoformat(completed), done_until_on=date(2026, 1, 31))

    assert found == (None if answered is None else date.fromisoformat(answered))


@given(RHYTHMS, DAYS, DAYS)
def test_work_moves_the_due_date_beyond_itself_and_never_back(
    rhythm: Rhythm, done_until: date, completed: date
) -> None:
    before = rhythm.first_after(done_until)

    answered = rhythm.answered_by(completed, done_until)
    after = rhythm.first_after(max(done_until, completed, answered or completed))

    assert after > completed
    assert after > before if answered else after == before
