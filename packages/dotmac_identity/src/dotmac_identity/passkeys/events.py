"""Facts about passkeys."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class PasskeyAdded(Event):
    """Somebody has one more passkey."""

    name: ClassVar[str] = "identity.passkey_added"

    user_id: UUID
    passkey_id: UUID


class PasskeyRemoved(Event):
    """Somebody took one of their passkeys away."""

    name: ClassVar[str] = "identity.passkey_removed"

    user_id: UUID
    passkey_id: UUID


class PasskeyCopied(Event):
    """Two authenticators seem to have the same passkey; it is refused from now on."""

    name: ClassVar[str] = "identity.passkey_copied"

    user_id: UUID
    passkey_id: UUID
