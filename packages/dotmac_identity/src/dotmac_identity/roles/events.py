"""Facts about roles."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class RoleCreated(Event):
    """There is a further role."""

    name: ClassVar[str] = "identity.role_created"

    role_id: UUID
    role: str
    permissions: tuple[str, ...]


class RoleChanged(Event):
    """A role is called or allows something else."""

    name: ClassVar[str] = "identity.role_changed"

    role_id: UUID
    role: str
    permissions: tuple[str, ...]


class RoleDeleted(Event):
    """A role is gone; who had it has `replacement` instead."""

    name: ClassVar[str] = "identity.role_deleted"

    role_id: UUID
    role: str
    replacement: str | None


class ScopedRoleGiven(Event):
    """A user has a role within a site, a reseller or a customer group."""

    name: ClassVar[str] = "identity.scoped_role_given"

    user_id: UUID
    role: str
    scope_kind: str
    scope_id: UUID


class ScopedRoleTaken(Event):
    """A user has a role within a part no more."""

    name: ClassVar[str] = "identity.scoped_role_taken"

    user_id: UUID
    role: str
    scope_kind: str
    scope_id: UUID
