"""A user as other modules see one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class UserAccount:
    """A person who may sign in to the tenant; `roles` are names, in order of the alphabet."""

    id: UUID
    email: str
    name: str
    is_active: bool
    roles: tuple[str, ...]
    created_at: datetime
    last_sign_in_at: datetime | None
