"""Shares of a period, as whole days over whole days or whole seconds over whole seconds.

A share is a pair of integers. An amount is multiplied by the first and divided by the second, in
this order, and rounded once; no share is ever a number of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from dotmac_billing.charges.exact import EXACT, QUOTIENT
from dotmac_billing.subscriptions.periods import Period
from dotmac_core_ops.money import round_money

_NOTHING = Decimal(0)


class Ruler(Protocol):
    """Measures spans of days in whole units."""

    def length(self, span: Period) -> int:
        """How long the span is; 0 for one without a day."""
        ...


class DayRuler:
    """Counts days, all alike: also the 23 and 25 hours when clocks are changed."""

    def length(self, span: Period) -> int:
        """Days from the first up to, not including, the last."""
        return max(0, span.days)


@dataclass(frozen=True)
class SecondRuler:
    """Counts seconds between midnights in a zone, over changes of its clocks.

    The day `on` does not begin at midnight but at the instant `at`, when a change was made.
    """

    zone: str
    on: date | None = None
    at: datetime | None = None

    def length(self, span: Period) -> int:
        """Seconds from the beginning of the first to that of the last day."""
        return max(0, self._second(span.end) - self._second(span.start))

    def _second(self, day: date) -> int:
        if self.at is not None and day == self.on:
            return int(self.at.timestamp())
        midnight = datetime.combine(day, time.min, ZoneInfo(self.zone))
        return int(midnight.astimezone(UTC).timestamp())


def prorated(amount: Decimal, part: Period, whole: Period, ruler: Ruler, currency: str) -> Decimal:
    """The share of `amount` that `part` is of `whole`, rounded to the currency.

    `prorated(Decimal("50.00"), Period(20 Feb, 1 Mar), Period(1 Feb, 1 Mar), DayRuler(), "EUR")` is
    50.00 x 9 / 28 = 16.07.
    """
    if part == whole:
        return round_money(amount, currency)
    denominator = ruler.length(whole)
    if not denominator:
        return _NOTHING
    share = EXACT.multiply(amount, Decimal(ruler.length(part)))
    return round_money(QUOTIENT.divide(share, Decimal(denominator)), currency)
