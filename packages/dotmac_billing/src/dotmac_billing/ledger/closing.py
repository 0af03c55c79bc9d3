"""Which days of the books are open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from dotmac_billing.ledger.errors import PeriodClosedError, PeriodNotClosableError

_DAY = timedelta(days=1)


def require_open(days: Iterable[date], closed_on: date | None) -> None:
    """Refuse days up to and including `closed_on`.

    Raises:
        PeriodClosedError: one of them is closed.
    """
    if closed_on is None:
        return
    first = min(days, default=None)
    if first is not None and first <= closed_on:
        raise PeriodClosedError(first, closed_on)


def require_closable(through: date, closed_on: date | None, today: date) -> None:
    """Refuse to close up to `through` unless it ends a month that is over and still open.

    Raises:
        PeriodNotClosableError: it does not.
    """
    ends_month = (through + _DAY).day == 1
    if not ends_month or through >= today or (closed_on is not None and through <= closed_on):
        raise PeriodNotClosableError(through)
