"""Windows of the week: in which of them a moment lies.

A window holds on its days from `from` (included) to `to` (not included) by the clock on the wall,
also on days when the clocks change. One that ends before it begins goes over midnight and belongs
to the day on which it begins. `"24:00"` is the end of the day.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime

from dotmac_billing.charges.parameters import PriceParameters

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OTHERWISE = "otherwise"
"""The name of the time that no window holds."""

_DAY = 24 * 60
_WEEK = 7 * _DAY
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)


@dataclass(frozen=True, slots=True)
class Windows:
    """The week cut at every minute where a window begins or ends."""

    starts: tuple[int, ...]
    names: tuple[str, ...]

    def window_of(self, local: datetime) -> str:
        """The name of the window at that time on the wall; `otherwise` outside of all of them."""
        minute = local.weekday() * _DAY + local.hour * 60 + local.minute
        return self.names[bisect_right(self.starts, minute) - 1]


def compile_windows(rows: list[tuple[str, PriceParameters]]) -> Windows:
    """The windows of those names with `{"days", "from", "to"}`.

    Raises:
        InvalidPriceError: an unknown day, a time that is none, or two windows at the same time.
    """
    names = [OTHERWISE] * _WEEK
    for name, row in rows:
        for start, length in _spans(row):
            for minute in range(start, start + length):
                if names[minute % _WEEK] != OTHERWISE:
                    raise row.refuse("from", f"overlaps with {names[minute % _WEEK]!r}.")
                names[minute % _WEEK] = name
    starts = [at for at in range(_WEEK) if at == 0 or names[at] != names[at - 1]]
    return Windows(tuple(starts), tuple(names[at] for at in starts))


def _spans(row: PriceParameters) -> list[tuple[int, int]]:
    """First minute of the week and length of the window on each of its days."""
    days = row.texts("days")
    if not days or len(set(days)) != len(days) or not set(days) <= set(DAYS):
        raise row.refuse("days", f"must name days once each, of {', '.join(DAYS)}.")
    start, end = _minute(row, "from"), _minute(row, "to")
    if start in {end, _DAY}:
        raise row.refuse("to", "must differ from the beginning; a whole day is 00:00 to 24:00.")
    length = end - start if end > start else end + _DAY - start
    return [(DAYS.index(day) * _DAY + start, length) for day in days]


def _minute(row: PriceParameters, key: str) -> int:
    text = row.text(key)
    if not _TIME.fullmatch(text):
        raise row.refuse(key, 'must be a time of day such as "08:00", at most "24:00".')
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
