"""The one source of time. Nothing else in the platform reads the system clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from dotmac_core_ops.errors import InvalidError


class UnknownTimeZoneError(InvalidError):
    """The name is not in the IANA time zone database."""

    code = "UNKNOWN_TIME_ZONE"

    def __init__(self, zone: str) -> None:
        super().__init__(f"{zone!r} is not an IANA time zone.", time_zone=zone)


def time_zone(name: str) -> ZoneInfo:
    """The zone of that IANA name.

    Raises:
        UnknownTimeZoneError: no such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        # ZoneInfo raises each of these for some malformed name: unknown, a path, a directory.
        raise UnknownTimeZoneError(name) from error


class Clock(Protocol):
    """Tells the time. Inject it; a test tenant can freeze and advance its own."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def today(self, zone: str = "UTC") -> date:
        """The calendar day it is now in `zone` (IANA name)."""
        ...


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self, zone: str = "UTC") -> date:
        """The calendar day it is now in `zone` (IANA name)."""
        return self.now().astimezone(time_zone(zone)).date()


class FrozenClock:
    """Time that stands still until it is moved: the test clock.

    `FrozenClock(datetime(2026, 1, 31, tzinfo=UTC)).advance(days=1)` makes today 1 February.
    """

    def __init__(self, at: datetime) -> None:
        self._now = _aware(at)

    def now(self) -> datetime:
        """The instant it was last moved to."""
        return self._now

    def today(self, zone: str = "UTC") -> date:
        """The calendar day of that instant in `zone`."""
        return self._now.astimezone(time_zone(zone)).date()

    def advance(self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        """Move forward.

        Raises:
            ValueError: the sum is negative; time does not run backwards.
        """
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta(0):
            raise ValueError("A clock cannot be advanced by a negative duration.")
        self._now += step

    def move_to(self, at: datetime) -> None:
        """Set to `at`, forwards or backwards (for rehearsing a past date)."""
        self._now = _aware(at)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return at.astimezone(UTC)
