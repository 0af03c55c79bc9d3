"""The items of a subscription as windows of days, and how a change redraws them.

An item is never altered: a change ends its window and begins another item that `replaces_item_id`
it. An item that a change takes away before its first day keeps its row with no day in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ComponentKind
from dotmac_core_ops.database import new_id


@dataclass(frozen=True, slots=True)
class ItemWindow:
    """An item with the rhythm of its component; see the model for the columns."""

    id: UUID
    component_id: UUID
    position: int
    description: str
    kind: ComponentKind
    quantity: Decimal
    cycle: BillingCycle
    timing: BillingTiming
    agreed_price: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    anchor_on: date | None = None
    phase: str | None = None
    percent_off: Decimal | None = None
    replaces_item_id: UUID | None = None

    @property
    def is_one_time(self) -> bool:
        """Whether it is charged once only."""
        return self.kind is ComponentKind.ONE_TIME

    @property
    def is_empty(self) -> bool:
        """Whether no day is left of it."""
        return (
            self.starts_on is not None
            and self.ends_on is not None
            and (self.ends_on <= self.starts_on)
        )

    def reaches(self, day: date) -> bool:
        """Whether it holds on `day` or later."""
        return not self.is_empty and (self.ends_on is None or day < self.ends_on)

    def holds(self, day: date) -> bool:
        """Whether it holds on `day`."""
        return self.reaches(day) and (self.starts_on is None or self.starts_on <= day)

    def until(self, day: date, start_on: date) -> ItemWindow:
        """Without `day` and what comes after it; `start_on` is the subscription's first day."""
        if self.ends_on is not None and self.ends_on <= day:
            return self
        first = self.starts_on or start_on
        if first >= day:
            return replace(self, starts_on=first, ends_on=first)
        return replace(self, ends_on=day)

    def since(self, day: date, position: int) -> ItemWindow:
        """Another item that takes over from `day` on, or from its own first day if later."""
        first = day if self.starts_on is None or self.starts_on < day else self.starts_on
        return replace(
            self, id=new_id(), position=position, starts_on=first, replaces_item_id=self.id
        )


Renewal = Callable[[ItemWindow], ItemWindow]


def current(items: Iterable[ItemWindow], day: date) -> list[ItemWindow]:
    """The items of that day, in order."""
    return [item for item in items if item.holds(day)]


def lineage(items: Sequence[ItemWindow], item: ItemWindow) -> list[ItemWindow]:
    """The item and those of the same component that take over from it, one after the other."""
    ids = {item.id}
    found = [item]
    for other in sorted(items, key=_first_day):
        if other.replaces_item_id in ids and other.component_id == item.component_id:
            ids.add(other.id)
            found.append(other)
    return found


def _first_day(item: ItemWindow) -> date:
    return item.starts_on or date.min


def _positions(items: Iterable[ItemWindow]) -> Iterator[int]:
    position = max((item.position for item in items), default=0)
    while True:
        position += 1
        yield position


def redrawn(
    items: Sequence[ItemWindow],
    chosen: Collection[UUID],
    day: date,
    start_on: date,
    renewed: Renewal | None,
) -> list[ItemWindow]:
    """All items, of which the `chosen` end on `day` and go on as `renewed` makes them.

    Without `renewed` they end. One-time items go on as they are: they were charged, or will be.
    """
    positions = _positions(items)
    kept: list[ItemWindow] = []
    added: list[ItemWindow] = []
    for item in items:
        if item.id not in chosen or not item.reaches(day) or item.is_one_time:
            kept.append(item)
            continue
        kept.append(item.until(day, start_on))
        if renewed is not None:
            added.append(renewed(item.since(day, next(positions))))
    return kept + added


def joined(items: Sequence[ItemWindow], new: Iterable[ItemWindow]) -> list[ItemWindow]:
    """All items and the new ones, which get positions after them."""
    positions = _positions(items)
    return [*items, *(replace(item, position=next(positions)) for item in new)]


def without(
    items: Sequence[ItemWindow], since: date, until: date | None, start_on: date
) -> list[ItemWindow]:
    """All items without the days from `since` up to, not including, `until`."""
    positions = _positions(items)
    kept: list[ItemWindow] = []
    added: list[ItemWindow] = []
    for item in items:
        if not item.reaches(since) or item.is_one_time:
            kept.append(item)
            continue
        kept.append(item.until(since, start_on))
        if until is not None and item.reaches(until):
            added.append(item.since(until, next(positions)))
    return kept + added
