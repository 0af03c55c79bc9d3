"""What is refused about corrections of usage."""

from __future__ import annotations

from dotmac_billing.usage.reported import Refusal
from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class UsageEventNotFoundError(NotFoundError):
    """No event of this id has been taken, or it is older than the back-dating window."""

    code = "USAGE_EVENT_NOT_FOUND"

    def __init__(self, event_id: str) -> None:
        super().__init__("There is no such event any more.", event_id=event_id)


class UsageEventVoidError(ConflictError):
    """The event counts for nothing already."""

    code = "USAGE_EVENT_VOID"

    def __init__(self, event_id: str) -> None:
        super().__init__("The event is void.", event_id=event_id)


class CorrectionInvalidError(InvalidError):
    """A correction says neither void nor what the event is worth, or what it cannot be worth."""

    code = "CORRECTION_INVALID"

    def __init__(self, problem: Refusal | str) -> None:
        if isinstance(problem, Refusal):
            super().__init__(problem.message, reason=problem.code)
        else:
            super().__init__(problem)
