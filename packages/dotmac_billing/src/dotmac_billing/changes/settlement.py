"""What a change costs: what was billed for days no longer served, and what the new days cost.

Nothing is looked up in today's price list to find a credit: every line that was billed and covers
days that are now served otherwise keeps the share of its net amount that its remaining days are;
the rest of what it still holds is credited. So a credit is never more than what was charged and
not credited yet, and settling twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.changes.errors import ChangedTodayError
from dotmac_billing.changes.proration import Ruler, SecondRuler, prorated
from dotmac_billing.subscriptions.moments import Days, Due, due_at, next_moment, rhythms
from dotmac_billing.subscriptions.periods import Period, served
from dotmac_billing.subscriptions.windows import ItemWindow

_LONGEST_PERIOD = timedelta(days=400)


class BilledLine(NamedTuple):
    """A line for days of an item, on an invoice or still waiting for one (`is_waiting`).

    `net` is after discount and before tax; `held` is what of it was not taken back yet.
    """

    id: UUID
    customer_id: UUID
    item_id: UUID
    component_id: UUID | None
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    held: Decimal
    tax_code: str | None
    includes_tax: bool
    period_start: date
    period_end: date
    is_waiting: bool

    @property
    def period(self) -> Period:
        """The days it is for."""
        return Period(self.period_start, self.period_end)


class Credit(NamedTuple):
    """What is taken back of a line (above zero), for the days from `unused.start` on."""

    line: BilledLine
    unused: Period
    amount: Decimal


class State(NamedTuple):
    """A subscription's days and items before or after a change."""

    days: Days
    items: Sequence[ItemWindow]

    @property
    def by_id(self) -> Mapping[UUID, ItemWindow]:
        """The items by their ids."""
        return {item.id: item for item in self.items}

    def first_moment(self, after: date | None) -> date | None:
        """When it is billed next, after that day."""
        return next_moment(rhythms(self.days, self.items), after)


def credits_of(
    lines: Iterable[BilledLine], before: State, after: State, ruler: Ruler, currency: str
) -> Iterator[Credit]:
    """What `lines` have charged for days that are not served any more, in their order."""
    was, now = before.by_id, after.by_id
    for line in lines:
        served_before = _served(line.period, was.get(line.item_id), before.days)
        left = _served(line.period, now.get(line.item_id), after.days)
        if left == served_before:
            continue
        keeps = _kept(line, left, ruler, currency)
        if line.held > keeps:
            start = line.period_start if left is None else left.end
            yield Credit(line, Period(start, line.period_end), line.held - keeps)


def require_hours_billed(before: State, touched: Collection[UUID], ruler: Ruler) -> None:
    """Refuse to end within the day what began on it, where shares are counted by the second.

    Items hold for whole days, so that the hours that it was served would be billed to nobody. What
    is counted by the day has no hours, and what begins and ends at midnight has none either.

    Raises:
        ChangedTodayError: one of the items `touched` began on the day of the change.
    """
    if not isinstance(ruler, SecondRuler) or ruler.on is None:
        return
    items = before.by_id
    for item_id in touched:
        item = items.get(item_id)
        if item is not None and item.starts_on == ruler.on and not item.is_empty:
            raise ChangedTodayError(ruler.on)


def refund_of(lines: Iterable[BilledLine], day: date) -> Iterator[Credit]:
    """All that is held by lines for periods that `day` belongs to, or that begin later."""
    for line in lines:
        if line.period_end > day and line.held > 0:
            yield Credit(line, line.period, line.held)


def _served(period: Period, item: ItemWindow | None, days: Days) -> Period | None:
    if item is None or item.is_empty:
        return None
    inside = served(period, item.starts_on or period.start, item.ends_on)
    return None if inside is None else served(inside, days.start_on, days.end_on)


def _kept(line: BilledLine, left: Period | None, ruler: Ruler, currency: str) -> Decimal:
    if left is None:
        return Decimal(0)
    return prorated(line.net, left, line.period, ruler, currency)


def not_billed(
    before: State, after: State, billed_on: date | None, since: date
) -> list[Due[ItemWindow]]:
    """What the bill run has passed by: days of items due at a moment already billed.

    `billed_on` is the last moment that was billed. What is due later the run finds by itself.
    Nothing from before `since`, the first day that changes, can be among it.
    """
    if billed_on is None or before == after:
        return []
    known = {(due.item.id, due.part.start) for due in _dues(before, billed_on, since)}
    return [
        due
        for due in _dues(after, billed_on, since)
        if (due.item.id, due.part.start) not in known and due.part.end > since
    ]


def rated_again(
    before: State, after: State, billed_on: date | None, since: date
) -> set[tuple[UUID, date]]:
    """Metered components and days of billed periods that are charged otherwise after the change.

    One day of each period is enough to find it; it lies on or after `since`.
    """
    if billed_on is None or before == after:
        return set()
    was = {(due.item.id, due.part): due for due in _dues(before, billed_on, since)}
    now = {(due.item.id, due.part): due for due in _dues(after, billed_on, since)}
    return {
        (due.item.component_id, max(due.part.start, since))
        for due in (*was.values(), *now.values())
        if due.item.kind is ComponentKind.USAGE
        and due.part.end > since
        and not ((due.item.id, due.part) in was and (due.item.id, due.part) in now)
    }


def _dues(state: State, billed_on: date, since: date) -> Iterator[Due[ItemWindow]]:
    found = rhythms(state.days, state.items)
    day = next_moment(found, since - _LONGEST_PERIOD)
    while day is not None and day <= billed_on:
        yield from due_at(found, day)
        day = next_moment(found, day)
