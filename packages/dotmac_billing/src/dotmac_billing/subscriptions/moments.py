"""Moments: the days on which something of a subscription is billed, and what is billed then.

Every item has a rhythm: how long its periods are, from which anchor they are counted, and whether a
period is billed ahead or afterwards. Items that share a rhythm are billed together; items of
several rhythms meet on the days on which their rhythms meet, and land on one invoice there. So a
monthly fee ahead and the usage of the month before are on one bill, and a yearly fee joins them
once a year.

A moment is a day in the subscription's zone. A subscription remembers the last one that was billed
(`billed_on`) and the next (`next_bill_on`); all between follows from the items. Items are rows with
a window of days, half-open: a change ends one and begins another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_billing.subscriptions.periods import Period, period, period_index

_DAY = timedelta(days=1)


class Scheduled(Protocol):
    """What must be known of an item. `anchor_on` None means the subscription's.

    `starts_on` and `ends_on` narrow the subscription's own days; None does not narrow.
    """

    @property
    def cycle(self) -> BillingCycle:
        """How long a period is."""
        ...

    @property
    def timing(self) -> BillingTiming:
        """Whether it is billed ahead or afterwards."""
        ...

    @property
    def anchor_on(self) -> date | None:
        """The day periods are counted from."""
        ...

    @property
    def is_one_time(self) -> bool:
        """Whether it is charged once only."""
        ...

    @property
    def starts_on(self) -> date | None:
        """The first day."""
        ...

    @property
    def ends_on(self) -> date | None:
        """The first day that is not charged."""
        ...


T = TypeVar("T", bound=Scheduled)


class Days(NamedTuple):
    """The days a subscription serves: from `start_on` up to, not including, `end_on`."""

    anchor_on: date
    start_on: date
    end_on: date | None


class Rhythm(NamedTuple, Generic[T]):
    """Items that are billed together, and the days from the first to the last of them."""

    cycle: BillingCycle
    timing: BillingTiming
    anchor_on: date
    start_on: date
    end_on: date | None
    items: list[T]


class Due(NamedTuple, Generic[T]):
    """An item with the days it is charged for (`part`) of a period of its cycle (`whole`)."""

    item: T
    whole: Period
    part: Period


def rhythms(days: Days, items: Iterable[T]) -> list[Rhythm[T]]:
    """The items by rhythm, in the order of their first item; those without any day are left out."""
    found: dict[tuple[BillingCycle, BillingTiming, date], Rhythm[T]] = {}
    for item in items:
        anchor_on = item.anchor_on or days.anchor_on
        start, end = _window(days, item, anchor_on)
        if end is not None and end <= start:
            continue
        key = (item.cycle, item.timing, anchor_on)
        known = found.get(key)
        if known is None:
            found[key] = Rhythm(*key, start, end, [item])
            continue
        known.items.append(item)
        if start < known.start_on or known.end_on is not None:
            found[key] = known._replace(
                start_on=min(start, known.start_on),
                end_on=None if end is None or known.end_on is None else max(end, known.end_on),
            )
    return list(found.values())


def _window(days: Days, item: Scheduled, anchor_on: date) -> tuple[date, date | None]:
    start = days.start_on
    if item.starts_on is not None and item.starts_on > start:
        start = item.starts_on
    if item.is_one_time:
        end: date | None = period(anchor_on, item.cycle, _index(item.cycle, anchor_on, start)).end
        if item.cycle is BillingCycle.ONE_TIME:
            end = start + _DAY
    else:
        end = item.ends_on
    if days.end_on is not None and (end is None or days.end_on < end):
        end = days.end_on
    return start, end


def next_moment(found: Sequence[Rhythm[T]], after: date | None) -> date | None:
    """The first moment after that day (of all when None); None when nothing is left to bill."""
    days = [day for rhythm in found if (day := _next(rhythm, after)) is not None]
    return min(days) if days else None


def _next(rhythm: Rhythm[T], after: date | None) -> date | None:
    cycle, anchor_on, start, end = rhythm.cycle, rhythm.anchor_on, rhythm.start_on, rhythm.end_on
    begun = after is not None and after >= start
    if rhythm.timing is BillingTiming.ADVANCE:
        if not begun:
            return start
        assert after is not None
        if cycle is BillingCycle.ONE_TIME:
            return None
        day = period(anchor_on, cycle, period_index(anchor_on, cycle, after)).end
        return day if end is None or day < end else None
    from_day = after if begun and after is not None else start
    if end is not None and end <= from_day:
        return None
    if cycle is BillingCycle.ONE_TIME:
        day = start + _DAY
        return day if not begun else None
    day = period(anchor_on, cycle, period_index(anchor_on, cycle, from_day)).end
    return day if end is None or day < end else end


def due_at(found: Sequence[Rhythm[T]], day: date) -> Iterator[Due[T]]:
    """What is charged at the moment `day`, in the order of the items within each rhythm.

    A recurring item is charged for its own days of the period. A one-time item is charged in the
    period its first day lies in.
    """
    for rhythm in found:
        span = _billed_at(rhythm, day)
        if span is None:
            continue
        whole, start, end = span
        for item in rhythm.items:
            first = item.starts_on
            if item.is_one_time:
                begins = rhythm.start_on if first is None or first < rhythm.start_on else first
                if start <= begins < end:
                    yield Due(item, whole, Period(start, end))
                continue
            last = item.ends_on
            own_start = start if first is None or first < start else first
            own_end = end if last is None or last > end else last
            if own_start < own_end:
                yield Due(item, whole, Period(own_start, own_end))


def charging(found: Sequence[Rhythm[T]], day: date) -> Iterator[Due[T]]:
    """The items that are charged for `day`, with the period it lies in."""
    for rhythm in found:
        if rhythm.cycle is BillingCycle.ONE_TIME:
            continue
        whole = period(
            rhythm.anchor_on, rhythm.cycle, period_index(rhythm.anchor_on, rhythm.cycle, day)
        )
        is_ahead = rhythm.timing is BillingTiming.ADVANCE
        first = max(whole.start, rhythm.start_on)
        last = whole.end if rhythm.end_on is None else min(whole.end, rhythm.end_on)
        for due in due_at([rhythm], first if is_ahead else last):
            if not due.item.is_one_time and due.part.start <= day < due.part.end:
                yield due


def _billed_at(rhythm: Rhythm[T], day: date) -> tuple[Period, date, date] | None:
    """The period billed on that day with its first and last (excluded) day served."""
    cycle, anchor_on, start, end = rhythm.cycle, rhythm.anchor_on, rhythm.start_on, rhythm.end_on
    is_ahead = rhythm.timing is BillingTiming.ADVANCE
    inside = day if is_ahead else day - _DAY
    if inside < start or (end is not None and inside >= end):
        return None
    if cycle is BillingCycle.ONE_TIME:
        return (Period(start, start + _DAY), start, start + _DAY) if inside == start else None
    whole = period(anchor_on, cycle, period_index(anchor_on, cycle, inside))
    first = max(whole.start, start)
    last = whole.end if end is None or whole.end < end else end
    return (whole, first, last) if day == (first if is_ahead else last) else None


def _index(cycle: BillingCycle, anchor_on: date, day: date) -> int:
    return period_index(anchor_on, cycle, day)
