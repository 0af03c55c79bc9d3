from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dotmac_core_ops.clock import FrozenClock, SystemClock, UnknownTimeZoneError, time_zone

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_the_system_clock_tells_real_time_in_utc() -> None:
    before = datetime.now(UTC)

    now = SystemClock().now()

    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_a_frozen_clock_stands_still_until_it_is_moved() -> None:
    clock = FrozenClock(NOON)
    assert clock.now() == clock.now() == NOON

    clock.advance(days=1, hours=2, minutes=3, seconds=4)
    assert clock.now() == datetime(2026, 11, 21, 14, 3, 4, tzinfo=UTC)

    clock.move_to(NOON - timedelta(days=365))
    assert clock.today() == date(2025, 11, 20)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 12, 31)),
        ("Europe/Berlin", date(2027, 1, 1)),
        ("America/Los_Angeles", date(2026, 12, 31)),
        ("Pacific/Kiritimati", date(2027, 1, 1)),
    ],
)
def test_the_day_depends_on_the_zone(zone: str, day: date) -> None:
    clock = FrozenClock(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))

    assert clock.today(zone) == day


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    clock = FrozenClock(NOON.astimezone(timezone(timedelta(hours=5, minutes=45))))

    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="negative"):
        FrozenClock(NOON).advance(days=1, hours=-25)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        FrozenClock(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "name", ["", "Mars/Phobos", "Europe", "../../etc/passwd", "/etc/localtime", "a\0b", "x" * 300]
)
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownTimeZoneError) as refusal:
        time_zone(name)

    assert refusal.value.details == {"time_zone": name}
