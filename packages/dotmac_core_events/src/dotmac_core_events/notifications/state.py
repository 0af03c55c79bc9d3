"""How far a message has come."""

from __future__ import annotations

from enum import StrEnum


class MessageState(StrEnum):
    """Queued until the other side took it, or until it is given up."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
