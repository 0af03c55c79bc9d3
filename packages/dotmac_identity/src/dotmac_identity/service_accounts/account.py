"""A service account as other modules see one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ServiceAccountProfile:
    """A program with rights of its own; `roles` are names, in order of the alphabet."""

    id: UUID
    name: str
    description: str
    is_active: bool
    roles: tuple[str, ...]
    created_by: str
    created_at: datetime
    version: int
