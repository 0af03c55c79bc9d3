"""A session as its owner sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class SessionView:
    """An open session: what signed in, from where, and when it was seen last (to a minute).

    `device_name` is what its owner calls it, else what it says of itself. `is_current` marks the
    session that asks.
    """

    id: UUID
    device_name: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool
