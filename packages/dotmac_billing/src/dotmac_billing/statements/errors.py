"""Refusals of statements."""

from __future__ import annotations

from datetime import date

from dotmac_core_ops.errors import InvalidError


class StatementPeriodError(InvalidError):
    """The last day of a statement is before its first."""

    code = "STATEMENT_PERIOD"

    def __init__(self, from_on: date, to_on: date) -> None:
        super().__init__(f"{to_on} is before {from_on}.", from_on=str(from_on), to_on=str(to_on))
