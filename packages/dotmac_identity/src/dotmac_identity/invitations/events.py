"""Facts about invitations."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class UserInvited(Event):
    """Somebody was asked to join; for a customer's portal, `customer_id` says whose."""

    name: ClassVar[str] = "identity.user_invited"

    invitation_id: UUID
    email: str
    customer_id: UUID | None = None


class InvitationAccepted(Event):
    """Somebody has joined."""

    name: ClassVar[str] = "identity.invitation_accepted"

    invitation_id: UUID
    user_id: UUID
    customer_id: UUID | None = None
