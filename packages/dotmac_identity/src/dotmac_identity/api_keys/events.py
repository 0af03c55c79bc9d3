"""Facts about API keys."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class ApiKeyCreated(Event):
    """A program may use the API."""

    name: ClassVar[str] = "identity.api_key_created"

    api_key_id: UUID
    key_name: str
    scopes: tuple[str, ...]


class ApiKeyRotated(Event):
    """A key was made in the place of another, which is good until `replaced_until` at most."""

    name: ClassVar[str] = "identity.api_key_rotated"

    api_key_id: UUID
    replaces_id: UUID
    replaced_until: datetime


class ApiKeyRevoked(Event):
    """A program may use the API no more."""

    name: ClassVar[str] = "identity.api_key_revoked"

    api_key_id: UUID
