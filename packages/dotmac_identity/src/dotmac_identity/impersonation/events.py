"""Facts about acting as somebody else, announced to the tenant of that user."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class ImpersonationStarted(Event):
    """Somebody of the operator acts as a user from now on, until `expires_at` at the latest."""

    name: ClassVar[str] = "identity.impersonation_started"

    impersonation_id: UUID
    user_id: UUID
    operator_id: UUID
    operator_name: str
    reason: str
    expires_at: datetime


class ImpersonationEnded(Event):
    """Somebody of the operator acts as the user no more; it was ended early."""

    name: ClassVar[str] = "identity.impersonation_ended"

    impersonation_id: UUID
    user_id: UUID
    operator_id: UUID
