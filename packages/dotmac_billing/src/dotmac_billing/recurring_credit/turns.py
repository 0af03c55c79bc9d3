"""On which days recurring credit is granted, when it ends, and what of it rolls over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dotmac_core_ops.months import add_months

_YEAR = 12


class Turn(NamedTuple):
    """A day on which credit is granted, and the first day of the next turn."""

    granted_on: date
    next_on: date


def turn_after(anchor_on: date, every_months: int, day: date) -> date:
    """The first day of a turn after `day`, counted from `anchor_on`, which is one itself."""
    if day < anchor_on:
        return anchor_on
    months = (day.year - anchor_on.year) * _YEAR + day.month - anchor_on.month
    n = months // every_months
    while (turn := add_months(anchor_on, n * every_months)) <= day:
        n += 1
    return turn


def turns(
    anchor_on: date, every_months: int, next_on: date, ends_on: date | None, today: date
) -> tuple[list[Turn], date | None]:
    """The turns from `next_on` up to and including `today`, and the next to come (None: none).

    No turn begins on `ends_on` or later.
    """
    found = []
    day: date | None = next_on
    while day is not None and day <= today and (ends_on is None or day < ends_on):
        following = turn_after(anchor_on, every_months, day)
        found.append(Turn(day, following))
        day = following
    if day is not None and ends_on is not None and day >= ends_on:
        day = None
    return found, day


def rolled_over(left: Decimal, most: Decimal | None) -> Decimal:
    """What of `left` goes on for another turn; nothing without a limit."""
    return Decimal(0) if most is None else min(left, most)
