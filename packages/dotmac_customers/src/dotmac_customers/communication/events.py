"""Facts about what customers agree to and how they are reached."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class _ConsentEvent(Event):
    customer_id: UUID
    consent_id: UUID
    topic: str
    channel: str
    method: str


class ConsentGiven(_ConsentEvent):
    """A customer agreed to hear about a topic on a channel."""

    name: ClassVar[str] = "customers.consent_given"


class ConsentWithdrawn(_ConsentEvent):
    """A customer no longer agrees."""

    name: ClassVar[str] = "customers.consent_withdrawn"


class AddressSuppressed(Event):
    """An address is not written to any more: it returned mail, or somebody complained."""

    name: ClassVar[str] = "customers.address_suppressed"

    suppressed_id: UUID
    channel: str
    reason: str
