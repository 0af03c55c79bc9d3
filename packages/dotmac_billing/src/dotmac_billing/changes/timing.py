"""The day from which on a change holds."""

from __future__ import annotations

from datetime import date, timedelta

from dotmac_billing.catalog.terms import BillingCycle, ChangeBehaviour
from dotmac_billing.changes.errors import InvalidChangeError
from dotmac_billing.changes.kinds import ChangeAt
from dotmac_billing.changes.wanted import When
from dotmac_billing.subscriptions.periods import period, period_index

FURTHEST_BACK = timedelta(days=366)
FURTHEST_AHEAD = timedelta(days=10 * 366)


def effective_on(
    when: When,
    behaviour: ChangeBehaviour,
    *,
    today: date,
    start_on: date,
    end_on: date | None,
    renewal_on: date,
) -> date:
    """The first day of the new. What has not begun changes from its first day on.

    Raises:
        InvalidChangeError: `on` is missing or given without `DATE`; it lies before the start, at or
            after the end, more than a year back or ten years ahead.
    """
    at = when.at
    if at is None:
        at_renewal = behaviour is ChangeBehaviour.AT_RENEWAL
        at = ChangeAt.PERIOD_END if at_renewal else ChangeAt.NOW
        at = ChangeAt.DATE if when.on is not None else at
    if (when.on is not None) != (at is ChangeAt.DATE):
        raise InvalidChangeError("A day is given with `date`, and only with it.", on=when.on)
    if at is ChangeAt.NOW:
        day = max(today, start_on)
    elif at is ChangeAt.PERIOD_END:
        day = max(renewal_on, start_on)
    else:
        assert when.on is not None
        day = when.on
    if day < start_on:
        raise InvalidChangeError("It cannot change before it starts.", on=day)
    if end_on is not None and day >= end_on:
        raise InvalidChangeError("It has ended by then.", on=day, end_on=end_on)
    if not today - FURTHEST_BACK <= day <= today + FURTHEST_AHEAD:
        raise InvalidChangeError("A change lies at most a year back or ten years ahead.", on=day)
    return day


def renewal(
    anchor_on: date, cycle: BillingCycle, today: date, *, trial_end_on: date | None
) -> date:
    """The end of the period of that day; of the trial, as long as it lasts."""
    if trial_end_on is not None and today < trial_end_on:
        return trial_end_on
    return period(anchor_on, cycle, period_index(anchor_on, cycle, today)).end
