"""Comparing days of which some may not be given."""

from __future__ import annotations

from datetime import date


def until(*days: date | None) -> date | None:
    """The earliest of the days; None when there is none."""
    known = [day for day in days if day is not None]
    return min(known) if known else None


def later(left: date | None, right: date | None) -> date | None:
    """The later of two days; the one that is given when only one is."""
    if left is None or right is None:
        return left or right
    return max(left, right)
