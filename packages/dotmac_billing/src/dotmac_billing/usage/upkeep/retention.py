"""Which months of events may be dropped, and which must be there (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

RETENTION_MONTHS = 25
"""Events are kept for two years and the month that is running; what they add up to is kept on."""
MONTHS_AHEAD = 2

_DAY = timedelta(days=1)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def following(month: date) -> date:
    """The first day of the month after."""
    return month_of(month_of(month) + timedelta(days=32))


def months_needed(today: date) -> list[date]:
    """This month and those that are to be made ahead."""
    months = [month_of(today)]
    for _ in range(MONTHS_AHEAD):
        months.append(following(months[-1]))
    return months


def months_to_drop(
    kept: Iterable[date], today: date, unbilled_since: Sequence[date], retention_months: int
) -> list[date]:
    """Months older than the retention of which everything has been billed.

    `unbilled_since` are the first days that are not billed yet, of whichever tenants; a day of
    leave covers zones ahead of and behind UTC.
    """
    oldest = month_of(today)
    for _ in range(retention_months):
        oldest = month_of(oldest - _DAY)
    limit = min([oldest, *(day - _DAY for day in unbilled_since)])
    return [month for month in sorted(kept) if following(month) <= limit]
