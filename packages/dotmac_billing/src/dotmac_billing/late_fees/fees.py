"""What is charged for paying late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.late_fees.kinds import LateFeeKind
from dotmac_core_ops.money import round_money
from dotmac_core_ops.months import add_months

_NOTHING = Decimal(0)


class Rule(NamedTuple):
    """See `LateFeeRule`."""

    id: UUID
    kind: LateFeeKind
    grace_days: int
    currency: str | None
    amount: Decimal | None
    rate: Decimal | None
    minimum_due: Decimal | None
    cap: Decimal | None
    tax_code: str | None
    description: str


@dataclass(frozen=True)
class Debt:
    """An invoice that was or is paid late.

    `settled` are day and amount of all that was taken off `total`. `charged` is what a rule charged
    so far; `charged_to` the day up to which, not included.
    """

    invoice_id: UUID
    number: str
    customer_id: UUID
    currency: str
    due_on: date
    total: Decimal
    settled: Sequence[tuple[date, Decimal]]
    charged: Decimal = _NOTHING
    charged_to: date | None = None

    def due(self, day: date) -> Decimal:
        """What was still due at the end of that day."""
        return self.total - sum((amount for on, amount in self.settled if on <= day), _NOTHING)

    @property
    def settled_on(self) -> date | None:
        """The day on which nothing was left; None while something is due."""
        left = self.total
        for on, amount in sorted(self.settled):
            left -= amount
            if left <= 0:
                return on
        return None


class Fee(NamedTuple):
    """A fee for the days from `from_on` up to, not including, `to_on`.

    `base` is what was due on the first of them.
    """

    from_on: date
    to_on: date
    base: Decimal
    amount: Decimal


def fees(debt: Debt, rule: Rule, today: date) -> list[Fee]:
    """What the rule charges for the debt up to `today` beyond what it has charged.

    A fixed amount or a share is charged once, when something is due after the last day of grace.
    Interest is charged for each whole month that has passed since then, and for the days of a month
    in which the rest was paid: the rate on what was due each day, by days of that month. Nothing
    goes beyond the cap; a debt under the minimum is not charged.
    """
    first = debt.due_on + timedelta(days=rule.grace_days + 1)
    if rule.currency not in {None, debt.currency} or today < first:
        return []
    if rule.kind is LateFeeKind.MONTHLY_INTEREST:
        found = _interest(debt, rule, first, today)
    else:
        found = [] if debt.charged_to is not None else _once(debt, rule, first)
    return _capped(found, debt, rule)


def _once(debt: Debt, rule: Rule, first: date) -> list[Fee]:
    base = debt.due(first - timedelta(days=1))
    if not _charged_at_all(base, rule):
        return []
    amount = rule.amount if rule.kind is LateFeeKind.FIXED else base * (rule.rate or _NOTHING)
    return [Fee(first, first + timedelta(days=1), base, amount or _NOTHING)]


def _interest(debt: Debt, rule: Rule, first: date, today: date) -> list[Fee]:
    found: list[Fee] = []
    settled_on = debt.settled_on
    if settled_on is not None and settled_on > today:
        settled_on = None
    start = debt.charged_to or first
    month = 0
    while add_months(first, month + 1) <= start:
        month += 1
    while True:
        begin, end = add_months(first, month), add_months(first, month + 1)
        # The day on which the rest is paid is the last that is late.
        last = end if settled_on is None else min(end, settled_on + timedelta(days=1))
        if last <= start or (last == end and end > today):
            return found
        base = debt.due(start - timedelta(days=1))
        if _charged_at_all(base, rule):
            due_days = _due_days(debt, start, last)
            amount = (rule.rate or _NOTHING) * due_days / (end - begin).days
            found.append(Fee(start, last, base, amount))
        start, month = last, month + 1
        if last != end:
            return found


def _due_days(debt: Debt, start: date, end: date) -> Decimal:
    """What was due on each of the days, summed up: only days on which it changed are looked at."""
    changes = sorted({on + timedelta(days=1) for on, _ in debt.settled})
    days = [start, *(day for day in changes if start < day < end), end]
    return sum(
        (
            debt.due(begin - timedelta(days=1)) * (until - begin).days
            for begin, until in pairwise(days)
        ),
        _NOTHING,
    )


def _charged_at_all(base: Decimal, rule: Rule) -> bool:
    return base > 0 and (rule.minimum_due is None or base >= rule.minimum_due)


def _capped(found: Sequence[Fee], debt: Debt, rule: Rule) -> list[Fee]:
    charged = debt.charged
    rounded = []
    for fee in found:
        amount = round_money(fee.amount, debt.currency)
        if rule.cap is not None:
            amount = max(min(amount, rule.cap - charged), _NOTHING)
        charged += amount
        rounded.append(fee._replace(amount=amount))
    return rounded
