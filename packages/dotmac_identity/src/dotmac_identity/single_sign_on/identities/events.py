"""Facts about linked identities."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class IdentityLinked(Event):
    """Somebody can sign in by a provider from now on."""

    name: ClassVar[str] = "identity.identity_linked"

    user_id: UUID
    provider_id: UUID
    provider: str


class IdentityUnlinked(Event):
    """Somebody cannot sign in by that provider any more."""

    name: ClassVar[str] = "identity.identity_unlinked"

    user_id: UUID
    provider_id: UUID
    provider: str
