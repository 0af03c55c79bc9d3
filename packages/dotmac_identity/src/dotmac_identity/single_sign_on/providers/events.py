"""Facts about providers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class SignInProviderAdded(Event):
    """People can sign in at another provider."""

    name: ClassVar[str] = "identity.sign_in_provider_added"

    provider_id: UUID
    provider: str
    issuer: str


class SignInProviderChanged(Event):
    """A provider was set up otherwise; `changed` names what, never the secret itself."""

    name: ClassVar[str] = "identity.sign_in_provider_changed"

    provider_id: UUID
    provider: str
    changed: tuple[str, ...]


class SignInProviderRemoved(Event):
    """Nobody signs in at this provider any more; sessions of its people have ended."""

    name: ClassVar[str] = "identity.sign_in_provider_removed"

    provider_id: UUID
    provider: str
    issuer: str
