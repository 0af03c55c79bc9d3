"""Facts about API keys."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class ApiKeyCreated(Event):
    """A program may use the API."""

    name: ClassVar[str] = "identity.api_key_created"

    api_key_id: UUID
    key_name: str
    scopes: tuple[str, ...]


class ApiKeyRevoked(Event):
    """A program may use the API no more."""

    name: ClassVar[str] = "identity.api_key_revoked"

    api_key_id: UUID
