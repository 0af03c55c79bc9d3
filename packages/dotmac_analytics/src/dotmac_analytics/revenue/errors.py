"""Refusals of the revenue figures."""

from __future__ import annotations

from datetime import date

from dotmac_core_ops.errors import InvalidError

MOST_MONTHS = 120
YEARS = range(1900, 3000)


class InvalidSpanError(InvalidError):
    """The months asked for are in the wrong order, too many, or beyond any calendar."""

    code = "INVALID_SPAN"

    def __init__(self, first: date, last: date) -> None:
        super().__init__(
            f"Ask for 1 to {MOST_MONTHS} months, the first before the last.",
            first=str(first),
            last=str(last),
        )
