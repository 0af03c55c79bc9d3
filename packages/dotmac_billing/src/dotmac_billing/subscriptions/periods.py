"""Billing periods: where they begin and end, and on which day they are billed.

All dates are days in the subscription's time zone; every span is half-open: `end` is the first day
that does not belong to it. Period `n` is computed from the anchor, never from period `n - 1`, so
that a subscription anchored on the 31st is back on the 31st after February:

    period(date(2026, 1, 31), MONTHLY, 0)  # 31 January to 28 February
    period(date(2026, 1, 31), MONTHLY, 1)  # 28 February to 31 March
    period(date(2026, 1, 31), MONTHLY, 2)  # 31 March to 30 April

Indexes below zero are the periods before the anchor.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_core_ops.months import add_months

MONTHS = {
    BillingCycle.MONTHLY: 1,
    BillingCycle.QUARTERLY: 3,
    BillingCycle.SEMI_ANNUALLY: 6,
    BillingCycle.ANNUALLY: 12,
}
_WEEK = 7


class Period(NamedTuple):
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days


@lru_cache(maxsize=65_536)
def period(anchor_on: date, cycle: BillingCycle, n: int) -> Period:
    """Period `n`, counted from the one that begins on the anchor.

    Days of the month that a month does not have become its last day. The only period of a one-time
    charge is the day of the anchor.

    Raises:
        ValueError: a one-time cycle has no period but 0.
        OverflowError, ValueError: the period lies beyond year 9999 or before year 1.
    """
    if cycle is BillingCycle.ONE_TIME:
        if n != 0:
            raise ValueError("A one-time charge has one period.")
        return Period(anchor_on, anchor_on + timedelta(days=1))
    return Period(_start(anchor_on, cycle, n), _start(anchor_on, cycle, n + 1))


def _start(anchor_on: date, cycle: BillingCycle, n: int) -> date:
    if cycle is BillingCycle.WEEKLY:
        return anchor_on + timedelta(days=_WEEK * n)
    return add_months(anchor_on, MONTHS[cycle] * n)


@lru_cache(maxsize=65_536)
def period_index(anchor_on: date, cycle: BillingCycle, day: date) -> int:
    """The index of the period that `day` belongs to; 0 for a one-time cycle."""
    if cycle is BillingCycle.ONE_TIME:
        return 0
    if cycle is BillingCycle.WEEKLY:
        return (day - anchor_on).days // _WEEK
    months = (day.year - anchor_on.year) * 12 + day.month - anchor_on.month
    n = months // MONTHS[cycle]
    return n if _start(anchor_on, cycle, n) <= day else n - 1


def served(whole: Period, start_on: date, end_on: date | None) -> Period | None:
    """The part of `whole` between `start_on` and `end_on`; None when there is no day in it.

    Shorter than `whole` for the first period of a subscription that starts between two boundaries,
    and for the last one of a subscription that ends between them: a stub, charged by its `share`.
    """
    start = max(whole.start, start_on)
    end = whole.end if end_on is None else min(whole.end, end_on)
    return Period(start, end) if start < end else None


def share(part: Period, whole: Period) -> Decimal:
    """How much of `whole` the days of `part` are: exactly 1 for all of it, unrounded otherwise.

    Multiply by `part.days` and divide by `whole.days` yourself where the last digit matters.
    """
    return Decimal(1) if part == whole else Decimal(part.days) / whole.days


def bill_date(part: Period, timing: BillingTiming) -> date:
    """The day a period is billed: its first in advance, the day after its last in arrears.

    Give it the part that is served: a stub in arrears is billed when it ends.
    """
    return part.start if timing is BillingTiming.ADVANCE else part.end


def next_bill(
    n: int,
    *,
    anchor_on: date,
    cycle: BillingCycle,
    timing: BillingTiming,
    start_on: date,
    end_on: date | None,
) -> date | None:
    """When period `n` is to be billed; None when the subscription does not reach into it.

    Periods are billed in order and without gaps, so None also means that nothing is left to bill.
    """
    if cycle is BillingCycle.ONE_TIME and n > 0:
        return None
    part = served(period(anchor_on, cycle, n), start_on, end_on)
    return None if part is None else bill_date(part, timing)
