"""A run catches up month by month, so that numbers follow the days they were due."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from dotmac_billing.runs.errors import BillRunTooFarAheadError

_FURTHEST_AHEAD = timedelta(days=366)


def wave_end(earliest: date, through: date) -> date:
    """The last day to bill before going on: the end of that month, or `through` if sooner."""
    last = earliest.replace(day=monthrange(earliest.year, earliest.month)[1])
    return min(last, through)


def chunk_limit(due: int, chunk_size: int, lanes: int) -> int:
    """How many subscriptions a chunk takes, so that `due` of them occupy all lanes evenly."""
    chunks = -(-due // chunk_size)
    if due >= lanes * _WORTH_SHARING:
        chunks = -(-chunks // lanes) * lanes
    return max(1, -(-due // max(1, chunks)))


_WORTH_SHARING = 200  # in a chunk of fewer, the fixed cost of a transaction is felt


def require_near(through: date | None, today: date) -> date:
    """`through`, or `today` when it is None.

    Raises:
        BillRunTooFarAheadError: it lies more than a year ahead.
    """
    if through is not None and through > today + _FURTHEST_AHEAD:
        raise BillRunTooFarAheadError(through, today + _FURTHEST_AHEAD)
    return through or today
