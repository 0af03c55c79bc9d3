"""What the usage of a span adds up to, from hours that have been added up before (pure).

Quantities that are divisions (averages, weighted sums) are rounded to nine decimals, half up, once
and at the end; that is what a quantity can hold. All others are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import NamedTuple

from dotmac_billing.usage.terms import Aggregation, Weighting

ZERO = Decimal(0)
_NINE = Decimal("1e-9")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)
_UNIT_SECONDS = {Weighting.HOUR: Decimal(3600), Weighting.DAY: Decimal(86_400)}


class Totals(NamedTuple):
    """What the events of one or more hours add up to; see `UsageRollup`."""

    events: int
    total: Decimal | None = None
    highest: Decimal | None = None
    latest: Decimal | None = None
    latest_at: datetime | None = None
    amount: Decimal | None = None


class Held(NamedTuple):
    """A level over an hour; `area` is value times seconds from `first_at` to `latest_at`."""

    first_at: datetime
    latest_at: datetime
    latest: Decimal
    area: Decimal


NOTHING = Totals(0)


def together(parts: Iterable[Totals]) -> Totals:
    """All of them as one. Of two that are latest at the same instant the higher value counts."""
    with localcontext(_EXACT):
        return _together(parts)


def _together(parts: Iterable[Totals]) -> Totals:
    events, total, amount = 0, ZERO, ZERO
    highest: Decimal | None = None
    last: tuple[datetime, Decimal] | None = None
    for part in parts:
        events += part.events
        total += part.total or ZERO
        amount += part.amount or ZERO
        if part.highest is not None and (highest is None or part.highest > highest):
            highest = part.highest
        if part.latest is not None and part.latest_at is not None:
            candidate = (part.latest_at, part.latest)
            last = candidate if last is None else max(last, candidate)
    at, latest = (None, None) if last is None else last
    return Totals(events, total, highest, latest, at, amount)


def quantity_of(aggregation: Aggregation, totals: Totals) -> Decimal:
    """The quantity of everything but unique counts and weighted sums; 0 where nothing happened."""
    if aggregation is Aggregation.COUNT:
        return Decimal(totals.events)
    if aggregation is Aggregation.MAX:
        return totals.highest or ZERO
    if aggregation is Aggregation.LATEST:
        return totals.latest or ZERO
    total = totals.total or ZERO
    if aggregation is Aggregation.AVERAGE:
        return _divided(total, Decimal(totals.events)) if totals.events else ZERO
    return total


def seconds_between(since: datetime, until: datetime) -> Decimal:
    """Exact seconds, microseconds included."""
    return Decimal((until - since) // _MICROSECOND) / 1_000_000


def weighted_area(
    hours: Sequence[Held], carried: Decimal, since: datetime, until: datetime
) -> Decimal:
    """The level times the seconds it held, from `since` up to `until`.

    `hours` in order; `carried` is the level at `since`. A level holds until the next event.
    """
    with localcontext(_EXACT):
        area, level, at = ZERO, carried, since
        for hour in hours:
            area += level * seconds_between(at, hour.first_at) + hour.area
            level, at = hour.latest, hour.latest_at
        return area + level * seconds_between(at, until)


def weighted_quantity(
    area: Decimal, weighting: Weighting | None, since: datetime, until: datetime
) -> Decimal:
    """An area as quantity: the average level over the span, or in value times hours or days."""
    unit = _UNIT_SECONDS.get(weighting) if weighting is not None else None
    return _divided(area, unit or seconds_between(since, until))


def _divided(value: Decimal, by: Decimal) -> Decimal:
    return _EXACT.quantize(_EXACT.divide(value, by), _NINE)
