"""Refusals about approvals.

```text
ApprovalRequiredError        403
ApprovalNotFoundError        404
UnknownActionError           422
ApprovalUnfitError           409
ApprovalNotOpenError         409
OwnApprovalError             403
ApproverNotAPersonError      403
```
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from dotmac_core_ops.approvals.actions import Deed
from dotmac_core_ops.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError


class ApprovalRequiredError(ForbiddenError):
    """A second person must agree first: ask with `POST /approvals` and the details given here.

    Then repeat the request with the `approval_id`.
    """

    code = "APPROVAL_REQUIRED"

    def __init__(self, deed: Deed, limit: Decimal | None) -> None:
        kind, target_id = deed.target
        super().__init__(
            "A second person must agree to this first. Ask with POST /api/v1/approvals and these "
            "details, then repeat the request with the approval_id.",
            action=deed.action,
            target={"type": kind, "id": str(target_id)},
            amount=str(deed.amount),
            currency=deed.currency,
            limit=None if limit is None else str(limit),
        )


class ApprovalNotFoundError(NotFoundError):
    """There is no approval with this id."""

    code = "APPROVAL_NOT_FOUND"

    def __init__(self, approval_id: UUID) -> None:
        super().__init__("There is no such approval.", approval_id=str(approval_id))


class UnknownActionError(InvalidError):
    """No installed module has this action; the details list those there are."""

    code = "UNKNOWN_ACTION"

    def __init__(self, action: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no action {action!r}.", action=action, known=sorted(known))


class ApprovalUnfitError(ConflictError):
    """The approval is for another action, thing, amount or currency, or somebody else asked."""

    code = "APPROVAL_UNFIT"

    def __init__(self, approval_id: UUID, differs: Iterable[str]) -> None:
        super().__init__(
            "The approval is for something else; ask for one for exactly this.",
            approval_id=str(approval_id),
            differs=sorted(differs),
        )


class ApprovalNotOpenError(ConflictError):
    """The approval was used, decided or rejected before, is not decided yet, or has expired."""

    code = "APPROVAL_NOT_OPEN"

    def __init__(self, approval_id: UUID, state: str) -> None:
        super().__init__(
            f"The approval is {state}; ask for a new one, or have it decided first.",
            approval_id=str(approval_id),
            state=state,
        )


class OwnApprovalError(ForbiddenError):
    """Nobody agrees to what they asked for themselves, by whatever key; ask somebody else."""

    code = "OWN_APPROVAL"

    def __init__(self) -> None:
        super().__init__("Somebody else must decide about what you asked for.")


class ApproverNotAPersonError(ForbiddenError):
    """Only a person who is signed in as themselves decides: no key, no service account."""

    code = "APPROVER_NOT_A_PERSON"

    def __init__(self) -> None:
        super().__init__("Sign in as yourself to decide about an approval.")
