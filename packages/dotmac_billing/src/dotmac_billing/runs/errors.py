"""Refusals of bill runs."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.errors import InvalidError, NotFoundError


class BillRunNotFoundError(NotFoundError):
    """There is no bill run with this id."""

    code = "BILL_RUN_NOT_FOUND"

    def __init__(self, run_id: UUID) -> None:
        super().__init__("There is no such bill run.", run_id=str(run_id))


class BillRunTooFarAheadError(InvalidError):
    """A run bills at most a year ahead, so that a slip of the year does no harm."""

    code = "BILL_RUN_TOO_FAR_AHEAD"

    def __init__(self, through: date, latest: date) -> None:
        super().__init__(
            f"{through} is too far ahead; the latest is {latest}.",
            through=str(through),
            latest=str(latest),
        )
