"""What is imagined to be used, as a price takes it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.assembly.reading import midnight
from dotmac_billing.charges.exact import EXACT, ZERO
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.windows import Windows
from dotmac_billing.subscriptions.periods import Period
from dotmac_billing.usage.reading.adding_up import (
    Held,
    Totals,
    quantity_of,
    together,
    weighted_area,
    weighted_quantity,
)
from dotmac_billing.usage.terms import Aggregation, Weighting
from dotmac_core_ops.clock import time_zone


class Use(NamedTuple):
    """A quantity used at a local time, with the price that came with it."""

    at: datetime
    quantity: Decimal
    amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ImaginedUsage:
    """The usage of a component: totals of its periods, single uses, or both.

    The first of `totals` is of the first period that is billed, and so on; the last one is also
    that of every period after it. `uses` are added up as the events of the component's
    meter would be; they are kept in order of time, whatever order they are given in.
    """

    totals: tuple[Measured, ...] = ()
    uses: tuple[Use, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "uses", tuple(sorted(self.uses, key=_at)))

    def within(self, part: Period) -> Sequence[Use]:
        """The single uses on the days of `part`, in order of time."""
        start = bisect_left(self.uses, part.start, key=_day)
        return self.uses[start : bisect_left(self.uses, part.end, key=_day)]

    def before(self, part: Period) -> Sequence[Use]:
        """The single uses before the first day of `part`, in order of time."""
        return self.uses[: bisect_left(self.uses, part.start, key=_day)]


def _at(use: Use) -> datetime:
    return use.at


def _day(use: Use) -> date:
    return use.at.date()


NOTHING = ImaginedUsage()


class Counting(NamedTuple):
    """How a meter adds single uses up; `zone` is where its times are on the wall."""

    aggregation: Aggregation = Aggregation.SUM
    weighting: Weighting | None = None
    zone: str = "UTC"


SUMMING = Counting()
"""How uses are added up for a meter that nobody has defined."""


def measured(
    usage: ImaginedUsage,
    part: Period,
    n: int,
    windows: Windows | None = None,
    counting: Counting = SUMMING,
) -> Measured:
    """What was used in `part`, which is the `n`-th period billed (from 0).

    With `windows` the single uses are split by them; totals bring their own split.
    """
    total = usage.totals[min(n, len(usage.totals) - 1)] if usage.totals else None
    if total is not None and not usage.uses:
        return total
    within = usage.within(part)
    found = Measured(
        _level(usage, within, part, counting)
        if counting.aggregation is Aggregation.WEIGHTED_SUM
        else _quantity(within, counting.aggregation),
        _sum([use.amount for use in within]),
        tuple(use.quantity for use in within),
        {} if windows is None else _by_window(within, windows, counting.aggregation),
    )
    return found if total is None else _together(total, found)


def _quantity(uses: Sequence[Use], aggregation: Aggregation) -> Decimal:
    """As a meter counts that many events, each with its quantity as value."""
    if aggregation is Aggregation.UNIQUE_COUNT:
        return Decimal(len({use.quantity for use in uses}))
    parts = (
        Totals(1, use.quantity, use.quantity, use.quantity, use.at, use.amount) for use in uses
    )
    return quantity_of(aggregation, together(parts))


def _by_window(
    uses: Sequence[Use], windows: Windows, aggregation: Aggregation
) -> dict[str, Decimal]:
    if aggregation is Aggregation.WEIGHTED_SUM:
        return {}  # a level that holds over several windows is in none of them
    found: dict[str, list[Use]] = {}
    for use in uses:
        found.setdefault(windows.window_of(use.at), []).append(use)
    return {name: _quantity(those, aggregation) for name, those in found.items()}


def _level(
    usage: ImaginedUsage, within: Sequence[Use], part: Period, counting: Counting
) -> Decimal:
    """The levels by the time they held; the last one before `part` holds at its beginning."""
    before = usage.before(part)
    carried = before[-1].quantity if before else ZERO
    since, until = midnight(part.start, counting.zone), midnight(part.end, counting.zone)
    zone = time_zone(counting.zone)
    held = []
    for use in within:
        at = use.at.replace(tzinfo=zone).astimezone(UTC)
        held.append(Held(at, at, use.quantity, ZERO))
    area = weighted_area(held, carried, since, until)
    return weighted_quantity(area, counting.weighting, since, until)


def _sum(numbers: Sequence[Decimal]) -> Decimal:
    total = ZERO
    for number in numbers:
        total = EXACT.add(total, number)
    return total


def _together(one: Measured, other: Measured) -> Measured:
    names = dict.fromkeys((*one.by_window, *other.by_window))
    return Measured(
        EXACT.add(one.quantity, other.quantity),
        EXACT.add(one.amount, other.amount),
        one.values + other.values,
        {
            name: EXACT.add(one.by_window.get(name, ZERO), other.by_window.get(name, ZERO))
            for name in names
        },
    )
