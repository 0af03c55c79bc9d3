from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_customers.communication.quiet_hours import QuietHours, quiet_until

NIGHT = QuietHours(time(22), time(7), "Europe/Stockholm")
NOON = QuietHours(time(12), time(13), "Europe/Stockholm")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        # Stockholm is an hour ahead in winter, two in summer.
        (NIGHT, "2026-11-20 20:59", None),
        (NIGHT, "2026-11-20 21:00", "2026-11-21 06:00"),
        (NIGHT, "2026-11-20 23:30", "2026-11-21 06:00"),
        (NIGHT, "2026-11-21 05:59", "2026-11-21 06:00"),
        (NIGHT, "2026-11-21 06:00", None),
        (NIGHT, "2026-07-01 20:00", "2026-07-02 05:00"),
        (NOON, "2026-11-20 11:00", "2026-11-20 12:00"),
        (NOON, "2026-11-20 12:00", None),
        # The night in which the clocks go back has an hour more, the other one an hour less.
        (NIGHT, "2026-10-24 22:00", "2026-10-25 06:00"),
        (NIGHT, "2026-03-28 22:00", "2026-03-29 05:00"),
    ],
)
def test_when_quiet_hours_end(hours: QuietHours, now: str, until: str | None) -> None:
    assert quiet_until(hours, utc(now)) == (None if until is None else utc(until))


def test_an_end_that_the_clocks_leave_out_is_after_the_gap() -> None:
    hours = QuietHours(time(22), time(2, 30), "Europe/Stockholm")

    assert quiet_until(hours, utc("2026-03-28 23:00")) == utc("2026-03-29 01:30")


def test_an_end_that_comes_twice_is_the_next_one() -> None:
    hours = QuietHours(time(22), time(1, 30), "America/New_York")

    assert quiet_until(hours, utc("2026-11-01 05:15")) == utc("2026-11-01 05:30")
    assert quiet_until(hours, utc("2026-11-01 06:15")) == utc("2026-11-01 06:30")


@given(st.times(), st.times(), st.integers(0, 30 * 366 * 24 * 60))
def test_nothing_is_held_for_more_than_a_day(starts: time, ends: time, minutes: int) -> None:
    starts, ends = (one.replace(second=0, microsecond=0) for one in (starts, ends))
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    until = quiet_until(QuietHours(starts, ends, "America/New_York"), now)

    assert until is None or 0 < (until - now).total_seconds() <= 25 * 3600
