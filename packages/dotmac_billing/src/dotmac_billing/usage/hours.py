"""Hours and days of a zone as instants (pure).

Usage is added up by hours of the subscription's zone, so that days and windows of the day are sums
of whole hours. An hour is named by the instant at which it begins. Zones differ from UTC by whole
hours, or by 30 or 45 minutes more, and some change that with daylight saving (Lord Howe Island);
only the minutes matter here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""From where PostgreSQL counts time."""
_NOTHING = timedelta(0)
_QUARTER = timedelta(minutes=15)


def microseconds(at: datetime) -> int:
    """From `EPOCH` to that instant; exact."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant_at(us: int) -> datetime:
    """The instant so many microseconds after `EPOCH`, in UTC."""
    return EPOCH + timedelta(microseconds=us)


def minutes_past(at: datetime, zone: ZoneInfo) -> int:
    """By how many minutes clocks in `zone` are ahead of a whole hour of UTC at that instant."""
    offset = at.astimezone(zone).utcoffset() or _NOTHING
    return int(offset.total_seconds() // 60) % 60


def hour_of(at: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the hour of `zone` began that `at` lies in."""
    ahead = timedelta(minutes=minutes_past(at, zone))
    shifted = at.astimezone(UTC) + ahead
    return shifted.replace(minute=0, second=0, microsecond=0) - ahead


def local_hour(hour: datetime, zone: ZoneInfo) -> datetime:
    """The time on the wall at the beginning of an hour that was named by `hour_of`."""
    # Its last second, because an hour cut short by a half-hour change of clocks is named by an
    # instant before the change.
    last = (hour + HOUR - timedelta(seconds=1)).astimezone(zone)
    return last.replace(minute=0, second=0, tzinfo=None)


@lru_cache(maxsize=65_536)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which `day` begins in `zone`, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def bounds(hour: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when up to when (not included) `hour_of` answers `hour`; it named some instant so.

    A whole hour, but for the two a year that a half-hour change of clocks cuts short.
    """
    inside = [at for n in range(4) if hour_of(at := hour + n * _QUARTER, zone) == hour]
    return inside[0], inside[-1] + _QUARTER


@lru_cache(maxsize=1_024)
def steady_minutes(zone: ZoneInfo, year: int) -> int | None:
    """`minutes_past` all through `year`; None where it changes."""
    found = {minutes_past(datetime(year, month, 1, tzinfo=UTC), zone) for month in range(1, 13)}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=1_024)
def steady_around(zone: ZoneInfo, year: int) -> int | None:
    """`minutes_past` all through the year before, `year` and the year after; None if it changes."""
    found = {steady_minutes(zone, one) for one in (year - 1, year, year + 1)}
    return found.pop() if len(found) == 1 else None
