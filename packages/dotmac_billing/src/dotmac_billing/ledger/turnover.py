"""Where the figures of a period come from: sums of closed months, and for the rest the entries.

Closed months cannot change, so their sums are kept; what is open is added up when it is asked for.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

_DAY = timedelta(days=1)
BEGINNING = date.min
"""Before the first entry of all."""


class Reach(NamedTuple):
    """Half-open spans: months (by their first days) with kept sums, then days of entries."""

    months_from: date
    months_to: date
    days_from: date
    days_to: date


def reach(start: date, end: date, closed_on: date | None) -> Reach:
    """What covers the days `[start, end)` once, when months up to and including `closed_on` are.

    Kept sums serve where the span begins with a month; a span that does not is all entries.
    """
    if end <= start or closed_on is None or start.day != 1:
        return Reach(start, start, start, max(start, end))
    kept_to = max(start, min(closed_on + _DAY, end.replace(day=1)))
    return Reach(start, kept_to, kept_to, end)
