"""How much of what was billed for a period is earned by a day, exact to the cent.

What is earned is worked out as a total up to a day and rounded there; a step is the difference
between two totals. So the steps of a plan add up to its amount, whatever days they fall on.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from dotmac_billing.settings.recognition import Recognition
from dotmac_core_ops.money import round_money

_DAY = timedelta(days=1)
_NOTHING = Decimal(0)


class Plan(NamedTuple):
    """What is deferred of a line and how it is spread.

    `planned` is spread over `[planned_from, ends_on)`; what of `amount` is neither planned nor
    `taken_back` was revenue when the plan was made. All amounts have one sign.
    """

    basis: Recognition
    currency: str
    amount: Decimal
    taken_back: Decimal
    planned: Decimal
    planned_from: date
    ends_on: date


class TakenBack(NamedTuple):
    """Of what a credit takes back: `deferred` was no revenue yet, `revenue` was."""

    deferred: Decimal
    revenue: Decimal


def earned_by(plan: Plan, through: date) -> Decimal:
    """Revenue by the end of the day `through`, rounded to the currency.

    Before the plan begins it is what was revenue already, from its last day on all that is not
    taken back. In between it never goes back.
    """
    before = plan.amount - plan.taken_back - plan.planned
    if through + _DAY >= plan.ends_on:
        return before + plan.planned
    if through < plan.planned_from:
        return before
    part, whole = share(plan.basis, plan.planned_from, through + _DAY, plan.ends_on)
    return before + round_money(plan.planned * part / whole, plan.currency)


def steps(plan: Plan, recognised: Decimal, after: date) -> Iterator[tuple[date, Decimal]]:
    """The revenue of each month to come, by its first day, when `after` and before is recognised.

    A month without revenue is left out. The amounts sum to what is deferred.
    """
    day = max(after + _DAY, plan.planned_from)
    while recognised != plan.amount - plan.taken_back:
        last = month_end(day)
        earned = earned_by(plan, last)
        if earned != recognised:
            yield day.replace(day=1), earned - recognised
        recognised, day = earned, last + _DAY


def take_back(plan: Plan, recognised: Decimal, amount: Decimal) -> TakenBack:
    """What a credit of `amount` (of the same sign) takes: first what is not revenue yet."""
    left = plan.amount - plan.taken_back - recognised
    deferred = min(amount, left) if plan.amount > _NOTHING else max(amount, left)
    return TakenBack(deferred, amount - deferred)


@lru_cache(maxsize=4096)
def share(basis: Recognition, start: date, reached: date, end: date) -> tuple[int, int]:
    """The part of `[start, end)` that is over on `reached`, as a fraction of two integers.

    By day each day counts the same. By month each calendar month counts the same, and of one that
    is not whole each day counts as its part of that month: 17 January to 15 March is 15/31 + 1 +
    14/31 months.
    """
    if basis is not Recognition.MONTHLY:
        return (reached - start).days, (end - start).days
    part = _months(start, reached) / _months(start, end)
    return part.numerator, part.denominator


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_ends(first: date, through: date, closed_on: date | None = None) -> list[date]:
    """The days that revenue is booked on from `first` to `through`: ends of months, and `through`.

    Days up to `closed_on` are left out: what was earned until then is booked with the next one.
    """
    days = []
    day = month_end(first)
    while day < through:
        days.append(day)
        day = month_end(day + _DAY)
    days.append(through)
    return [day for day in days if closed_on is None or day > closed_on]


def _months(start: date, end: date) -> Fraction:
    total = Fraction(0)
    day = start
    while day < end:
        length = monthrange(day.year, day.month)[1]
        next_month = day.replace(day=length) + _DAY
        total += Fraction((min(next_month, end) - day).days, length)
        day = next_month
    return total
