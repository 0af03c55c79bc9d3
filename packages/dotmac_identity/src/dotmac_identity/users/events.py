"""Facts about users."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class UserCreated(Event):
    """Somebody can sign in now."""

    name: ClassVar[str] = "identity.user_created"

    user_id: UUID
    email: str
    full_name: str
    roles: tuple[str, ...]
    customer_id: UUID | None = None


class PasswordChanged(Event):
    """Somebody has another password; their other sessions have ended."""

    name: ClassVar[str] = "identity.password_changed"

    user_id: UUID


class EmailChanged(Event):
    """Somebody signs in with another address, which has been verified."""

    name: ClassVar[str] = "identity.email_changed"

    user_id: UUID
    previous: str
    email: str


class UserRolesChanged(Event):
    """What somebody may do has changed."""

    name: ClassVar[str] = "identity.user_roles_changed"

    user_id: UUID
    roles: tuple[str, ...]


class UserDeactivated(Event):
    """Somebody cannot sign in any more; their sessions have ended."""

    name: ClassVar[str] = "identity.user_deactivated"

    user_id: UUID


class UserActivated(Event):
    """Somebody who was deactivated can sign in again."""

    name: ClassVar[str] = "identity.user_activated"

    user_id: UUID
