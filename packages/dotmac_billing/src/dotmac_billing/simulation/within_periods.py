"""Invoices that an imagined subscription would get within its periods, at the plan's thresholds.

A worker looks every few minutes; here it is looked at the end of every day on which anything is
used. What is given as the total of a period has no day, and is billed when the period ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from dotmac_billing.assembly.billed import Billed, UsageKey
from dotmac_billing.assembly.decision import Bill, Facts, Terms, decide
from dotmac_billing.assembly.draft import Draft
from dotmac_billing.assembly.interim import GROWING
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.catalog.thresholds import BillingThresholds
from dotmac_billing.charges.measured import Measured
from dotmac_billing.receivables.states import InvoiceKind
from dotmac_billing.simulation.used import NOTHING, SUMMING, Counting, ImaginedUsage, measured
from dotmac_billing.subscriptions.moments import Due
from dotmac_billing.subscriptions.periods import Period
from dotmac_billing.thresholds.due import Watched, to_bill

_DAY = timedelta(days=1)
_ZERO = Decimal(0)


def within_periods(
    bill: Bill,
    thresholds: BillingThresholds,
    usage: Mapping[str, ImaginedUsage],
    meters: Mapping[str, Counting],
    *,
    facts: Facts,
    terms: Terms,
) -> tuple[list[Draft], dict[UsageKey, Billed]]:
    """The invoices in the order of their days, and what they bill of each period.

    Raises:
        DomainError: one of them cannot be put together; see `decide`.
    """
    drafts: list[Draft] = []
    billed: dict[UsageKey, Billed] = {}
    if not thresholds.is_set:
        return drafts, billed
    for on, dues in _days_of_use(bill, usage, meters):
        so_far = {
            (bill.subscription.id, due.item.item_id, due.part.start): _measured(due, usage, meters)
            for due in dues
        }
        due_now = to_bill([Watched(bill.subscription, thresholds, dues, on)], so_far, billed)
        known = replace(facts, measured=so_far, interim=dict(billed))
        decision = decide(due_now.bills, known, replace(terms, kind=InvoiceKind.THRESHOLD))
        decision.refuse_failures()
        for draft in decision.drafts:
            _add(billed, draft)
            drafts.append(draft)
    return drafts, billed


def _days_of_use(
    bill: Bill, usage: Mapping[str, ImaginedUsage], meters: Mapping[str, Counting]
) -> Iterator[tuple[date, list[Due[BilledItem]]]]:
    """The days on which anything is used, each with the items of its running periods so far."""
    dues = [
        due
        for moment in bill.moments
        for due in moment.dues
        if due.item.priced.is_metered
        and _counting(due, meters).aggregation in GROWING
        and not _usage(due, usage).totals
    ]
    days = {use.at.date() for due in dues for use in _usage(due, usage).within(due.part)}
    for day in sorted(days):
        running = [
            due._replace(part=Period(due.part.start, day + _DAY))
            for due in dues
            if due.part.start <= day < due.part.end
        ]
        yield day, running


def _measured(
    due: Due[BilledItem], usage: Mapping[str, ImaginedUsage], meters: Mapping[str, Counting]
) -> Measured:
    windows = due.item.priced.time_of_use
    return measured(_usage(due, usage), due.part, 0, windows, _counting(due, meters))


def _usage(due: Due[BilledItem], usage: Mapping[str, ImaginedUsage]) -> ImaginedUsage:
    return usage.get(due.item.priced.component.code, NOTHING)


def _counting(due: Due[BilledItem], meters: Mapping[str, Counting]) -> Counting:
    return meters.get(due.item.priced.component.meter or "", SUMMING)


def _add(billed: dict[UsageKey, Billed], draft: Draft) -> None:
    for line in draft.lines:
        assert line.subscription_id is not None  # a threshold bills usage of a subscription
        assert line.item_id is not None
        assert line.period_start is not None
        assert line.period_end is not None
        key = (line.subscription_id, line.item_id, line.period_start)
        before = billed.get(key, Billed(_ZERO, _ZERO, _ZERO, line.period_end))
        billed[key] = Billed(
            before.amount + (line.net if line.gross is None else line.gross),
            before.discount + line.discount,
            before.quantity + line.quantity,
            line.period_end,
        )
