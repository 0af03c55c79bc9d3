"""Facts about messages; what they said is not among them."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events.event import Event


class _MessageEvent(Event):
    message_id: UUID
    channel: str
    topic: str
    subject: str
    about_kind: str | None = None
    about_id: UUID | None = None


class MessageSent(_MessageEvent):
    """The other side took a message: the mail server, the carrier, or the person's inbox."""

    name: ClassVar[str] = "events.message_sent"


class MessageFailed(_MessageEvent):
    """A message was given up; `is_permanent` when the other side said that it never takes it."""

    name: ClassVar[str] = "events.message_failed"

    is_permanent: bool
    error: str
