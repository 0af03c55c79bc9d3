"""A message on its way out, and what a way out must be able to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

from dotmac_core_events.notifications.message import Channel


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that this worker has taken on; `attempts` counts the present one."""

    id: UUID
    channel: Channel
    recipient: str
    sender_name: str | None
    subject: str
    text: str
    html: str | None
    topic: str
    about_kind: str | None
    about_id: UUID | None
    language: str | None
    unsubscribe_url: str | None
    attempts: int
    not_after: datetime | None
    created_at: datetime


Send: TypeAlias = Callable[[Outgoing], Awaitable[str | None]]
"""Hands one message over; what the other side calls it, if it says."""


class Delivery(Protocol):
    """A way out: SMTP, a carrier of text messages, a folder.

    `send` raises `UndeliverableError` for what will never be taken, `NotNowError` for what may be
    taken later, and `UnreachableError` when nothing can be sent at the moment.
    """

    def opened(self) -> AbstractAsyncContextManager[Send]:
        """A connection for as many messages as there are, closed at the end of the block."""
        ...


Deliveries: TypeAlias = Mapping[Channel, Delivery]
"""The way out of each channel."""


class UnreachableError(Exception):
    """The service cannot be reached, or takes nothing from us, whatever the message."""


class NotNowError(Exception):
    """The other side does not take this message now, and may later; its text is what it said."""
