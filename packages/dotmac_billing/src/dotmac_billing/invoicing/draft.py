"""An invoice that is complete but for its number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_billing.invoicing.charging import BilledItem, BilledSubscription, Line, bill
from dotmac_billing.invoicing.totals import Totals, totals
from dotmac_billing.subscriptions.periods import next_bill, period
from dotmac_billing.tax.rates import TaxRates


class DueSubscription(NamedTuple):
    """A subscription with its customer's terms, as a bill run or a preview reads it."""

    id: UUID
    customer_id: UUID
    currency: str
    cycle: BillingCycle
    timing: BillingTiming
    time_zone: str
    start_on: date
    anchor_on: date
    end_on: date | None
    next_period: int
    next_bill_on: date | None
    terms_days: int | None


class Taken(NamedTuple):
    """The part of an earlier payment that pays an invoice."""

    payment_id: UUID
    amount: Decimal
    on: date


@dataclass(slots=True)
class Draft:
    """What will be issued. `bill_on` is the day the period was to be billed; period half-open."""

    invoice_id: UUID
    customer_id: UUID
    subscription_id: UUID | None
    period_start: date | None
    period_end: date | None
    bill_on: date
    issued_on: date
    due_on: date
    currency: str
    lines: list[Line]
    totals: Totals
    taken: list[Taken] = field(default_factory=list)


class PeriodBill(NamedTuple):
    """A period with what it costs, and where the subscription stands after it.

    `lines` is empty for a period in which nothing is charged; no invoice is made of it.
    """

    bill_on: date
    currency: str
    period_start: date
    period_end: date
    lines: list[Line]
    totals: Totals
    next_period: int
    next_bill_on: date | None


def upcoming(
    subscription: DueSubscription,
    items: list[BilledItem],
    rates: TaxRates,
    through: date = date.max,
) -> Iterator[PeriodBill]:
    """The subscription's periods not billed yet that are due up to and including `through`.

    In order; without `through` until the subscription ends, or for ever.

    Raises:
        TaxRateMissingError: an item's tax has no rate on the day of billing.
        NegativeInvoiceError: the lines of a period sum to less than nothing.
    """
    anchor_on, cycle, timing = subscription.anchor_on, subscription.cycle, subscription.timing
    start_on, end_on = subscription.start_on, subscription.end_on
    currency = subscription.currency
    billed = BilledSubscription(currency, timing, start_on, end_on)
    n, bill_on = subscription.next_period, subscription.next_bill_on
    while bill_on is not None and bill_on <= through:
        whole = period(anchor_on, cycle, n)
        lines = bill(billed, items, whole, rates)
        n += 1
        next_on = next_bill(
            n, anchor_on=anchor_on, cycle=cycle, timing=timing, start_on=start_on, end_on=end_on
        )
        start = max(start_on, whole.start)
        end = whole.end if end_on is None else min(end_on, whole.end)
        sums = totals(lines, currency)
        yield PeriodBill(bill_on, currency, start, end, lines, sums, n, next_on)
        bill_on = next_on
