"""Facts about sessions."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class SignedInFromNewDevice(Event):
    """Somebody signed in from a device, or a place, that was not seen before."""

    name: ClassVar[str] = "identity.signed_in_from_new_device"

    user_id: UUID
    session_id: UUID
    device: str
    address: str
