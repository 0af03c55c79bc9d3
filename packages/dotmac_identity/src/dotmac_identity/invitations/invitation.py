"""An invitation as other modules see one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class InvitationView:
    """Somebody was asked to join; `state` is pending, expired, accepted or revoked.

    Staff have `roles`; a customer in the portal has `customer_id` and `portal_permissions`.
    `invited_by` is the id of a user, or the name of what else it was.
    """

    id: UUID
    email: str
    name: str
    roles: tuple[str, ...]
    customer_id: UUID | None
    portal_permissions: tuple[str, ...]
    state: str
    invited_by: str
    created_at: datetime
    sent_at: datetime
    expires_at: datetime
    user_id: UUID | None
