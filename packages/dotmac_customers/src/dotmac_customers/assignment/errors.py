"""Refusals about assignments."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError


class AssigneeInactiveError(ConflictError):
    """A user who cannot sign in cannot look after customers: choose another, or activate them."""

    code = "ASSIGNEE_INACTIVE"

    def __init__(self, user_id: UUID) -> None:
        super().__init__("This user is not active: choose another.", user_id=str(user_id))
