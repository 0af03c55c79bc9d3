"""On which days maintenance is due: always counted from the anchor, so that days never drift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dotmac_core_ops.months import add_months

MOST_PERIODS = 366
"""The largest interval: so many days, weeks, months, quarters or years."""


class Frequency(StrEnum):
    """What the interval of a schedule counts."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    @property
    def unit(self) -> str:
        """The period in the singular: `month` of `monthly`."""
        return _UNITS[self]


_UNITS = {
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
    Frequency.QUARTERLY: "quarter",
    Frequency.YEARLY: "year",
}
_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7}
_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Due on the anchor, and then every `interval` periods.

    `Rhythm(date(2026, 1, 31), Frequency.MONTHLY)` is due on 31 January, 28 February, 31 March: a
    month without the anchor's day is due on its last one, and the next on the anchor's again.
    """

    anchor_on: date
    frequency: Frequency
    interval: int = 1

    def due_on(self, number: int) -> date:
        """The due date of that number; 0 is the anchor, negative ones lie before it."""
        if self.frequency in _DAYS:
            return self.anchor_on + timedelta(days=number * self._days)
        return add_months(self.anchor_on, number * self._months)

    def number_after(self, day: date) -> int:
        """The number of the first due date after `day`, which does not count itself; 0 at least."""
        if self.frequency in _DAYS:
            return max(0, (day - self.anchor_on).days // self._days + 1)
        months = (day.year - self.anchor_on.year) * _YEAR + day.month - self.anchor_on.month
        # Of this number the month is not later than that of `day`: only its day decides.
        number = max(0, months // self._months)
        return number if self.due_on(number) > day else number + 1

    def first_after(self, day: date) -> date:
        """The first due date after `day`; the anchor at the earliest."""
        return self.due_on(self.number_after(day))

    def following(self, day: date, count: int) -> list[date]:
        """The first `count` due dates after `day`."""
        first = self.number_after(day)
        return [self.due_on(number) for number in range(first, first + count)]

    def answered_by(self, completed_on: date, done_until_on: date) -> date | None:
        """Which due date work on `completed_on` was for, if everything is done to `done_until_on`.

        It is the next one where that has come. Work ahead of time is for the next one as well, if
        it lies at most half a period before; otherwise it is for none, and nothing moves.
        """
        number = self.number_after(done_until_on)
        due_on = self.due_on(number)
        if completed_on >= due_on:
            return due_on
        since_previous = completed_on - self.due_on(number - 1)
        return due_on if due_on - completed_on <= since_previous else None

    @property
    def _days(self) -> int:
        return _DAYS[self.frequency] * self.interval

    @property
    def _months(self) -> int:
        return _MONTHS[self.frequency] * self.interval
