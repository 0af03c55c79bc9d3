"""Linked identities as their owner sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class LinkedIdentityView:
    """A provider that signs somebody in; `email` is what it called them by when it was linked."""

    id: UUID
    provider_id: UUID
    provider: str
    email: str | None
    created_at: datetime
    last_used_at: datetime
