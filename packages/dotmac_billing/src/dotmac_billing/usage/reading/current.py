"""Which windows make up a reading: whole spans, days, and values of a dimension (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.charges.measured import Need
from dotmac_billing.subscriptions.periods import period, period_index
from dotmac_billing.usage.hours import midnight
from dotmac_billing.usage.windows import UsageWindow

MOST_DAYS = 400
_DAY = timedelta(days=1)
_NEEDS = frozenset({Need.TOTAL, Need.AMOUNT})


class Days(NamedTuple):
    """From `since` up to, not including, `until`."""

    since: date
    until: date

    @property
    def each(self) -> list[date]:
        """The days themselves."""
        return [self.since + n * _DAY for n in range((self.until - self.since).days)]


class Key(NamedTuple):
    """What of a reading a window is: all of it, a day, or a value of the dimension grouped by."""

    subscription_id: UUID
    meter: str
    day: date | None = None
    group: str | None = None


def running_period(anchor_on: date, cycle: BillingCycle, today: date) -> Days:
    """The billing period that `today` lies in; its month where there is one period only."""
    if cycle is BillingCycle.ONE_TIME:
        return Days(*period(today.replace(day=1), BillingCycle.MONTHLY, 0))
    return Days(*period(anchor_on, cycle, period_index(anchor_on, cycle, today)))


def windows(
    subscription_id: UUID,
    meter: str,
    days: Days,
    zone: ZoneInfo,
    *,
    daily: bool = False,
    groups: Iterable[tuple[str, str]] = (),
) -> list[UsageWindow]:
    """What to measure: the whole, each day if wanted, and each (dimension, value) of `groups`."""
    since, until = midnight(days.since, zone), midnight(days.until, zone)
    found = [UsageWindow(Key(subscription_id, meter), subscription_id, meter, since, until)]
    if daily:
        found += _daily(subscription_id, meter, days.each, zone)
    for name, value in groups:
        key = Key(subscription_id, meter, group=value)
        filters = ((name, (value,)),)
        found.append(UsageWindow(key, subscription_id, meter, since, until, filters))
    return [one._replace(needs=_NEEDS) for one in found]


def _daily(
    subscription_id: UUID, meter: str, days: Sequence[date], zone: ZoneInfo
) -> list[UsageWindow]:
    return [
        UsageWindow(
            Key(subscription_id, meter, day),
            subscription_id,
            meter,
            midnight(day, zone),
            midnight(day + _DAY, zone),
        )
        for day in days
    ]
