"""What a subscription is worth a month.

Counted: recurring items at the price agreed, less the discount of the phase they are in, without
tax, on the days they are served. Not counted: trials, also paid ones, pauses, usage, one-time items
and one-time plans, coupons, and taxes. A weekly price counts 52/12 times, a quarterly one a third,
a half-yearly one a sixth, a yearly one a twelfth. The sum of the items is rounded once, to the
currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_core_ops.money import round_money

# How many periods a year has; a twelfth of that many prices, so that thirds stay exact.
_A_YEAR = {
    BillingCycle.WEEKLY: 52,
    BillingCycle.MONTHLY: 12,
    BillingCycle.QUARTERLY: 4,
    BillingCycle.SEMI_ANNUALLY: 2,
    BillingCycle.ANNUALLY: 1,
    BillingCycle.ONE_TIME: 0,
}
_MONTHS = 12


class RecurringItem(NamedTuple):
    """A recurring item's price for a period, and the days it is limited to (half-open).

    `cycle` is how long its period is; None means that of the subscription.
    """

    amount: Decimal
    starts_on: date | None = None
    ends_on: date | None = None
    cycle: BillingCycle | None = None


def monthly(amount: Decimal, cycle: BillingCycle, currency: str) -> Decimal:
    """`amount` a period as an amount a month, rounded to the currency.

    `monthly(Decimal("9.90"), BillingCycle.WEEKLY, "EUR")` is `Decimal("42.90")`.
    """
    return round_money(amount * _A_YEAR[cycle] / _MONTHS, currency)


def worth(items: Iterable[RecurringItem], cycle: BillingCycle, currency: str) -> Decimal:
    """What the items are worth a month together, rounded once."""
    a_year = sum((item.amount * _A_YEAR[item.cycle or cycle] for item in items), Decimal(0))
    return round_money(a_year / _MONTHS, currency)


def timeline(
    items: Sequence[RecurringItem],
    *,
    cycle: BillingCycle,
    currency: str,
    start_on: date,
    end_on: date | None,
) -> dict[date, Decimal]:
    """The days on which a subscription's monthly revenue changes, and by how much (never by 0).

    The sum up to a day is the revenue on that day: 0 before `start_on` and from `end_on` on.
    """
    if end_on is not None and end_on <= start_on:
        return {}
    days = _days(items, start_on, end_on)
    changes: dict[date, Decimal] = {}
    before = Decimal(0)
    for day in sorted(days):
        after = worth((item for item in items if _runs(item, day)), cycle, currency)
        if after != before:
            changes[day] = after - before
        before = after
    if end_on is not None and before:
        changes[end_on] = -before
    return changes


def _days(items: Sequence[RecurringItem], start_on: date, end_on: date | None) -> set[date]:
    return {start_on} | {
        day
        for item in items
        for day in (item.starts_on, item.ends_on)
        if day is not None and day > start_on and (end_on is None or day < end_on)
    }


def _runs(item: RecurringItem, day: date) -> bool:
    return (item.starts_on is None or item.starts_on <= day) and (
        item.ends_on is None or day < item.ends_on
    )
