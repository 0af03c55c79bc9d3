"""Refusals about maintenance schedules."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class PmScheduleNotFoundError(NotFoundError):
    """The tenant has no such maintenance schedule."""

    code = "PM_SCHEDULE_NOT_FOUND"

    def __init__(self, schedule_id: UUID) -> None:
        super().__init__("There is no such maintenance schedule.", schedule_id=schedule_id)


class PmScheduleCodeTakenError(ConflictError):
    """Another maintenance schedule has this code: choose a different one."""

    code = "PM_SCHEDULE_CODE_TAKEN"

    def __init__(self, codes: list[str]) -> None:
        super().__init__("Another maintenance schedule has this code.", codes=codes)


class PmScheduleHasHistoryError(ConflictError):
    """What was done stays on record: archive the schedule instead of deleting it."""

    code = "PM_SCHEDULE_HAS_HISTORY"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"{code!r} was completed before, which stays on record: archive it instead.",
            schedule_code=code,
        )


class PmScheduleArchivedError(ConflictError):
    """An archived schedule rests: restore it first."""

    code = "PM_SCHEDULE_ARCHIVED"

    def __init__(self, code: str) -> None:
        super().__init__(f"{code!r} is archived: restore it first.", schedule_code=code)


class CompletedInFutureError(InvalidError):
    """Nobody has done tomorrow's work: give today or a day before."""

    code = "COMPLETED_IN_FUTURE"

    def __init__(self, completed_on: date, today: date) -> None:
        super().__init__(
            f"It is {today} here: nothing was completed on {completed_on} yet.",
            completed_on=completed_on,
            today=today,
        )


class TechnicianInactiveError(ConflictError):
    """A user who cannot sign in cannot do maintenance: choose another, or activate them."""

    code = "TECHNICIAN_INACTIVE"

    def __init__(self, user_id: UUID) -> None:
        super().__init__("This user is not active: choose another.", user_id=user_id)
