"""When a cancelled subscription ends."""

from __future__ import annotations

from datetime import date
from enum import Enum

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_billing.subscriptions.errors import InvalidCancellationError
from dotmac_billing.subscriptions.periods import period, period_index


class CancelAt(Enum):
    """`NOW`: today is not served any more. `PERIOD_END`: the present period is, to its end."""

    NOW = "now"
    PERIOD_END = "period_end"
    DATE = "date"


def end_of(
    at: CancelAt,
    on: date | None,
    *,
    today: date,
    start_on: date,
    anchor_on: date,
    cycle: BillingCycle,
    billed_until: date | None,
    end_on: date | None,
) -> date:
    """The first day not served. A subscription that has not begun ends before its first day.

    A day in the past is accepted as long as nothing after it has been billed: what was billed stays
    billed. Of a period that was paid in advance nothing is credited.

    Raises:
        InvalidCancellationError: `on` is missing or given without `DATE`; it lies before the start,
            in the past and in a period that was billed, or after the end agreed already.
    """
    if (on is not None) != (at is CancelAt.DATE):
        raise InvalidCancellationError("A day is given with `date`, and only with it.", on)
    first = max(today, start_on)
    if at is CancelAt.NOW:
        end = first
    elif at is CancelAt.PERIOD_END:
        end = period(anchor_on, cycle, period_index(anchor_on, cycle, first)).end
        end = end if end_on is None else min(end, end_on)
    else:
        assert on is not None
        end = on
    if end < start_on:
        raise InvalidCancellationError("It cannot end before it starts.", end)
    if end < today and billed_until is not None and end < billed_until:
        raise InvalidCancellationError("That day has been billed already.", end)
    if end_on is not None and end > end_on:
        raise InvalidCancellationError("It ends before that day anyway.", end)
    return end


def billed_until(
    anchor_on: date, cycle: BillingCycle, timing: BillingTiming, billed_on: date | None
) -> date | None:
    """The first day of the plan that is not billed; None when none is. Ahead it may lie ahead."""
    if billed_on is None or timing is BillingTiming.ARREARS:
        return billed_on
    return period(anchor_on, cycle, period_index(anchor_on, cycle, billed_on)).end
