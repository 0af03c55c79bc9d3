"""Refusals about invitations."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, NotFoundError, UnauthenticatedError


class InvitationNotFoundError(NotFoundError):
    """The tenant has no such invitation."""

    code = "INVITATION_NOT_FOUND"

    def __init__(self, invitation_id: UUID) -> None:
        super().__init__("There is no such invitation.", invitation_id=str(invitation_id))


class InvitationClosedError(ConflictError):
    """The invitation was accepted or taken back already."""

    code = "INVITATION_CLOSED"

    def __init__(self) -> None:
        super().__init__("The invitation was accepted or taken back; invite anew if need be.")


class AlreadyInvitedError(ConflictError):
    """An open invitation to this address exists; send that one again."""

    code = "ALREADY_INVITED"

    def __init__(self, email: str) -> None:
        super().__init__("This address is invited already; send it again instead.", email=email)


class InvalidInvitationError(UnauthenticatedError):
    """The link of the invitation is unknown, used, expired or taken back."""

    code = "INVALID_INVITATION"

    def __init__(self) -> None:
        super().__init__("The invitation is not valid any more; ask for another one.")
