"""Refusals about the life of a tenant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dotmac_core_ops.errors import ConflictError, InvalidError
from dotmac_core_ops.tenant_state import TenantState


class IllegalTenantMoveError(ConflictError):
    """This state does not follow on the present one; the details name those that do."""

    code = "ILLEGAL_TENANT_MOVE"

    def __init__(self, start: TenantState, end: TenantState, legal: Iterable[TenantState]) -> None:
        super().__init__(
            f"A tenant that is {start.value} cannot become {end.value}.",
            start=start.value,
            end=end.value,
            legal=sorted(state.value for state in legal),
        )


class UnfitMoveReasonError(InvalidError):
    """The reason makes no sense for the move; the details name those that do."""

    code = "UNFIT_MOVE_REASON"

    def __init__(self, reason: str, fitting: Iterable[str]) -> None:
        super().__init__(
            f"{reason!r} is no reason for this.", reason=reason, fitting=sorted(fitting)
        )


class ConfirmationMismatchError(InvalidError):
    """What cannot be undone is confirmed by writing exactly what the details say."""

    code = "CONFIRMATION_MISMATCH"

    def __init__(self, expected: str) -> None:
        super().__init__(f"Write {expected!r} to confirm.", expected=expected)


class NotErasableError(ConflictError):
    """A tenant is erased once it is closed and the days in which it could be reopened are over."""

    code = "TENANT_NOT_ERASABLE"

    def __init__(self, state: TenantState, erasable_on: date | None) -> None:
        day = None if erasable_on is None else erasable_on.isoformat()
        super().__init__(
            "Close the tenant first, and wait for the day from which it may be erased.",
            state=state.value,
            erasable_on=day,
        )


class OperatorStaysError(ConflictError):
    """The operator of the installation is neither suspended nor closed."""

    code = "OPERATOR_STAYS"

    def __init__(self) -> None:
        super().__init__("The operator of the installation stays as it is.")
