"""What is imagined to be used, as a price takes it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.charges.exact import EXACT, ZERO
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.windows import Windows
from dotmac_billing.subscriptions.periods import Period


class Use(NamedTuple):
    """A quantity used at a local time, with the price that came with it."""

    at: datetime
    quantity: Decimal
    amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ImaginedUsage:
    """The usage of a component: totals of its periods, single uses, or both.

    The first of `totals` is of the first period that is billed, and so on; the last one is also
    that of every period after it. `uses` are added up, as a meter does that sums; they are kept in
    order of time, whatever order they are given in.
    """

    totals: tuple[Measured, ...] = ()
    uses: tuple[Use, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "uses", tuple(sorted(self.uses, key=_at)))

    def within(self, part: Period) -> Sequence[Use]:
        """The single uses on the days of `part`, in order of time."""
        start = bisect_left(self.uses, part.start, key=_day)
        return self.uses[start : bisect_left(self.uses, part.end, key=_day)]


def _at(use: Use) -> datetime:
    return use.at


def _day(use: Use) -> date:
    return use.at.date()


NOTHING = ImaginedUsage()


def measured(usage: ImaginedUsage, part: Period, n: int, windows: Windows | None) -> Measured:
    """What was used in `part`, which is the `n`-th period billed (from 0).

    With `windows` the single uses are split by them; totals bring their own split.
    """
    total = usage.totals[min(n, len(usage.totals) - 1)] if usage.totals else None
    within = usage.within(part)
    if not within:
        return Measured(ZERO) if total is None else total
    summed = _added_up(within, windows)
    return summed if total is None else _together(total, summed)


def _added_up(uses: Sequence[Use], windows: Windows | None) -> Measured:
    quantity, amount = ZERO, ZERO
    by_window: dict[str, Decimal] = {}
    for use in uses:
        quantity = EXACT.add(quantity, use.quantity)
        amount = EXACT.add(amount, use.amount)
        if windows is not None:
            name = windows.window_of(use.at)
            by_window[name] = EXACT.add(by_window.get(name, ZERO), use.quantity)
    return Measured(quantity, amount, tuple(use.quantity for use in uses), by_window)


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
