"""The day that a new subscription's periods are counted from."""

from __future__ import annotations

from datetime import date, timedelta

from dotmac_billing.catalog.terms import Alignment, BillingCycle

_JANUARY = 1


def anchor(alignment: Alignment, cycle: BillingCycle, first_charged_on: date) -> date:
    """The first day that is charged, or for a calendar plan the boundary on or before it.

    Boundaries of the calendar are the 1st of January, from which months, quarters, half-years and
    years are all counted, and Monday for weeks. The days up to the next one are a stub.
    """
    if alignment is Alignment.ANNIVERSARY or cycle is BillingCycle.ONE_TIME:
        return first_charged_on
    if cycle is BillingCycle.WEEKLY:
        return first_charged_on - timedelta(days=first_charged_on.weekday())
    return date(first_charged_on.year, _JANUARY, 1)
