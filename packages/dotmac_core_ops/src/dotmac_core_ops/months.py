"""Month arithmetic on days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

_YEAR = 12


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative), clipped to the end of its month.

    `add_months(date(2026, 1, 31), 1)` is 28 February. Always count from the first day of a series:
    two steps of one month from 31 January end on 28 March, one step of two on 31 March.

    Raises:
        ValueError: the result lies before year 1 or after year 9999.
    """
    years, month = divmod(day.month - 1 + months, _YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
