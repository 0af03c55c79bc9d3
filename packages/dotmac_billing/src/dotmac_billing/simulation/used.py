"""What is imagined to be used, as a price takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
    that of every period after it. `uses` are added up, as a meter does that sums.
    """

    totals: tuple[Measured, ...] = ()
    uses: tuple[Use, ...] = ()


NOTHING = ImaginedUsage()


def measured(usage: ImaginedUsage, part: Period, n: int, windows: Windows | None) -> Measured:
    """What was used in `part`, which is the `n`-th period billed (from 0).

    With `windows` the single uses are split by them; totals bring their own split.
    """
    total = usage.totals[min(n, len(usage.totals) - 1)] if usage.totals else None
    within = [use for use in usage.uses if part.start <= use.at.date() < part.end]
    if not within:
        return Measured(ZERO) if total is None else total
    summed = _added_up(within, windows)
    return summed if total is None else _together(total, summed)


def _added_up(uses: Sequence[Use], windows: Windows | None) -> Measured:
    quantity, amount = ZERO, ZERO
    by_window: dict[str, Decimal] = {}
    ordered = sorted(uses, key=lambda use: use.at)
    for use in ordered:
        quantity = EXACT.add(quantity, use.quantity)
        amount = EXACT.add(amount, use.amount)
        if windows is not None:
            name = windows.window_of(use.at)
            by_window[name] = EXACT.add(by_window.get(name, ZERO), use.quantity)
    return Measured(quantity, amount, tuple(use.quantity for use in ordered), by_window)


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
