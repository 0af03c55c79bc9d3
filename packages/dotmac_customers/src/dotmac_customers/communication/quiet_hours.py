"""Hours in which a customer is not to be disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dotmac_core_ops.tenant_settings import TenantSetting

MINUTES_A_DAY = 24 * 60

_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
DEFAULT_HOURS = TenantSetting(
    "communication.quiet_hours",
    "",
    "When customers who chose no hours of their own are not disturbed, on the wall where they are: "
    "22:00-07:00. Empty: at no time.",
    pattern=f"(?:{_TIME}-{_TIME})?",
)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `starts` (included) to `ends` (not included) on the wall in the customer's zone.

    22:00 to 07:00 spans midnight. `time_zone` is an IANA name.
    """

    starts: time
    ends: time
    time_zone: str


def quiet_until(hours: QuietHours, now: datetime) -> datetime | None:
    """The instant (UTC) at which the quiet hours that it is in end; None outside of them.

    Where the clocks go forward over the end, it is the moment after the gap; where they go back
    and the end comes twice, it is the next one.
    """
    zone = ZoneInfo(hours.time_zone)
    local = now.astimezone(zone)
    spans_midnight = hours.starts > hours.ends
    at = local.time().replace(tzinfo=None)
    if spans_midnight:
        if hours.ends <= at < hours.starts:
            return None
    elif not hours.starts <= at < hours.ends:
        return None
    day = local.date()
    if spans_midnight and at >= hours.starts:
        day += timedelta(days=1)
    end = datetime.combine(day, hours.ends, zone)
    if end.astimezone(UTC) <= now:
        end = end.replace(fold=1)
    return end.astimezone(UTC)


def minute_of(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


def time_at(minute: int) -> time:
    """The time that many minutes after midnight."""
    return time(minute // 60, minute % 60)


def span_of(hours: str) -> tuple[time, time] | None:
    """Beginning and end of `22:00-07:00`; None where nothing is written, or they are the same."""
    starts, _, ends = hours.partition("-")
    if starts == ends:
        return None
    return time.fromisoformat(starts), time.fromisoformat(ends)
