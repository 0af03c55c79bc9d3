"""Usage that came or changed after its period was billed: rate the period again.

So are periods of which a change in the past has redrawn the items: the one that ends earlier keeps
less, the one that begins in the midst of the period is charged. The line is what the period comes
to now minus what was billed of it, so that it can be done again and again: the second time there is
no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.assembly.billed import Billed, BilledPeriods
from dotmac_billing.assembly.charging import charges, quantum
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.assembly.line import Charge
from dotmac_billing.charges.measured import Measured
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.subscriptions.moments import Days, Due, Rhythm, charging, next_moment, rhythms
from dotmac_billing.subscriptions.periods import Period

_NOTHING = Decimal(0)


class LateDay(NamedTuple):
    """A day of which usage on a meter, or who is charged for it, changed when it was billed."""

    meter: str
    day: date


class Rerated(NamedTuple):
    """A period to be rated again. `is_served` False: no day of it is charged to the item now."""

    due: Due[BilledItem]
    is_served: bool


_NEVER = Billed(_NOTHING, _NOTHING, _NOTHING, date.min)
_NO_PERIODS: Mapping[date, Billed] = MappingProxyType({})


def late_items(items: Iterable[BilledItem], late: Iterable[LateDay]) -> Iterator[tuple[UUID, date]]:
    """The items that may have been billed for those days, with the days."""
    days: dict[str | None, list[date]] = {}
    for one in late:
        days.setdefault(one.meter, []).append(one.day)
    for item in items:
        if item.priced.is_metered:
            for day in days.get(item.priced.component.meter, ()):
                yield item.item_id, day


def late_periods_of(
    subscription: DueSubscription,
    items: Sequence[BilledItem],
    late: Iterable[LateDay],
    billed: BilledPeriods,
) -> list[Rerated]:
    """The periods that those days lie in, each once: as they are now, and as they were billed.

    What the bill run has still to come to is left out.
    """
    found = rhythms(Days(subscription.anchor_on, subscription.start_on, subscription.end_on), items)
    periods: dict[tuple[UUID, date], Rerated] = {}
    for meter, day in late:
        for due in _passed(found, day, subscription.billed_on):
            if due.item.priced.component.meter == meter:
                periods[due.item.item_id, due.part.start] = Rerated(due, is_served=True)
    for item in items:
        for start, before in billed.get(item.item_id, _NO_PERIODS).items():
            if (item.item_id, start) not in periods:
                periods[item.item_id, start] = _as_billed(found, item, start, before.period_end)
    return list(periods.values())


def _passed(
    found: Sequence[Rhythm[BilledItem]], day: date, billed_on: date | None
) -> Iterator[Due[BilledItem]]:
    """What is charged for the day at a moment that has been billed."""
    for rhythm in found:
        moment = next_moment([rhythm], day)  # usage is billed afterwards
        if moment is not None and billed_on is not None and moment <= billed_on:
            yield from charging([rhythm], day)


def _as_billed(
    found: Sequence[Rhythm[BilledItem]], item: BilledItem, start: date, end: date
) -> Rerated:
    """The period that was billed from `start` on, or what is left of it."""
    for due in charging(found, start):
        if due.item.item_id == item.item_id and due.part.start == start:
            return Rerated(due, is_served=True)
    whole = Period(start, end)
    return Rerated(Due(item, whole, whole), is_served=False)


def orphaned(
    subscription: DueSubscription,
    items: Sequence[BilledItem],
    periods: Iterable[tuple[UUID, date]],
    billed: BilledPeriods,
) -> list[Rerated]:
    """Of periods (item and first day) that were billed in part, those that no item has any more."""
    found = rhythms(Days(subscription.anchor_on, subscription.start_on, subscription.end_on), items)
    held = {item.item_id: item for item in items}
    lost = []
    for item_id, start in periods:
        before = billed.get(item_id, _NO_PERIODS).get(start)
        if before is not None and item_id in held:
            period = _as_billed(found, held[item_id], start, before.period_end)
            if not period.is_served:
                lost.append(period)
    return lost


def adjustments(
    subscription: DueSubscription,
    periods: Iterable[Rerated],
    measured: Mapping[tuple[UUID, UUID, date], Measured],
    billed: BilledPeriods,
) -> list[Charge]:
    """A line for each period that comes to something else now than what was billed of it.

    What is given back is given back with the share of the discount that was taken off it; of what
    is charged a phase of the plan takes off its share, and coupons may.
    """
    found = []
    for due, is_served in periods:
        item_id, start = due.item.item_id, due.part.start
        before = billed.get(item_id, _NO_PERIODS).get(start, _NEVER)
        usage = measured.get((subscription.id, item_id, start)) if is_served else None
        usage = usage or Measured(_NOTHING)
        lines = charges(due, usage, subscription.id, subscription.currency)
        now = sum((line.amount for line in lines), _NOTHING) if is_served else _NOTHING
        difference = now - before.amount
        if difference:
            quantity = usage.quantity - before.quantity
            found.append(
                lines[0]._replace(
                    kind=LineKind.ADJUSTMENT,
                    description=f"{due.item.description}: usage of an earlier period",
                    quantity=quantity,
                    unit_price=difference / quantity if quantity else _NOTHING,
                    amount=difference,
                    own_off=_own_off(due.item, difference, before, subscription.currency),
                    period_end=max(due.part.end, before.period_end),
                )
            )
    return found


def _own_off(item: BilledItem, difference: Decimal, before: Billed, currency: str) -> Decimal:
    """What is taken off `difference`: its phase's share, or the discount on what is given back."""
    if difference > 0:
        share = difference * (item.percent_off or _NOTHING)
    elif before.amount:
        share = before.discount * difference / before.amount
    else:
        return _NOTHING
    return share.quantize(quantum(currency), ROUND_HALF_UP)
