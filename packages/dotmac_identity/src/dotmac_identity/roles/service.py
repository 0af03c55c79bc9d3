"""The tenant's roles, and who may pass on which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.principal import Principal
from dotmac_identity.roles.errors import (
    GrantTooWideError,
    RoleInUseError,
    RoleNameTakenError,
    RoleNotFoundError,
    RoleNotScopableError,
    SystemRoleError,
    UnknownPermissionError,
    UnknownRoleError,
)
from dotmac_identity.roles.events import RoleChanged, RoleCreated, RoleDeleted
from dotmac_identity.roles.models import Role
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.system_roles import OWNER, SYSTEM_ROLES, RoleCatalogue, exceeding

_TARGET = "role"


@dataclass(frozen=True)
class RoleChange:
    """New values of a role; None leaves one as it is."""

    name: str | None = None
    description: str | None = None
    permissions: Sequence[str] | None = None


class RoleService:
    """Roles of the session's tenant."""

    def __init__(self, session: AsyncSession, repository: RoleRepository) -> None:
        self._session = session
        self._roles = repository

    @classmethod
    def within(cls, session: AsyncSession) -> RoleService:
        """The service in the caller's transaction."""
        return cls(session, RoleRepository(session))

    async def create_system_roles(self) -> None:
        """Give a new tenant the roles that every tenant has."""
        now = clock_of(self._session).now()
        for name in SYSTEM_ROLES:
            self._roles.add(
                Role(id=new_id(), name=name, permissions=[], is_system=True, created_at=now)
            )
        await self._session.flush()  # users of the same transaction refer to them

    async def named(self, names: Iterable[str]) -> Sequence[Role]:
        """The roles of these names.

        Raises:
            UnknownRoleError: one of them does not exist.
        """
        wanted = set(names)
        found = await self._roles.named(wanted)
        for name in sorted(wanted - {role.name for role in found}):
            raise UnknownRoleError(name)
        return found

    async def own(self, role_id: UUID) -> Role:
        """A role of the tenant's own, locked until the transaction ends.

        Raises:
            RoleNotFoundError: there is none.
            SystemRoleError: every tenant has it, and as it is.
        """
        role = await self._roles.by_id(role_id)
        if role is None:
            raise RoleNotFoundError(role_id)
        if role.is_system:
            raise SystemRoleError(role.name)
        return role

    async def create(self, name: str, description: str, permissions: Iterable[str]) -> Role:
        """Make a role of the tenant's own; who may is for the caller to decide.

        Raises:
            RoleNameTakenError: there is a role of this name.
        """
        role = Role(
            id=new_id(),
            name=name,
            description=description,
            permissions=sorted(set(permissions)),
            is_system=False,
            created_at=clock_of(self._session).now(),
            version=1,
        )
        self._roles.add(role)
        await self._flush(name)
        made = RoleCreated(role_id=role.id, role=name, permissions=tuple(role.permissions))
        await EventPublisher(self._session).publish(made)
        await self._record("create", role, before=None, after=_content(role))
        return role

    async def change(self, role: Role, change: RoleChange) -> Role:
        """Call a role otherwise, or let it allow something else; nothing, if nothing differs.

        Raises:
            RoleNameTakenError: there is a role of the new name.
        """
        before = _content(role)
        if change.name is not None:
            role.name = change.name
        if change.description is not None:
            role.description = change.description
        if change.permissions is not None:
            role.permissions = sorted(set(change.permissions))
        after = _content(role)
        if after == before:
            return role
        role.version += 1
        await self._flush(role.name)
        changed = RoleChanged(role_id=role.id, role=role.name, permissions=tuple(role.permissions))
        await EventPublisher(self._session).publish(changed)
        await self._record("change", role, before=before, after=after)
        return role

    async def delete(self, role: Role, replacement: Role | None) -> None:
        """Remove a role; whoever has it has `replacement` instead.

        Raises:
            RoleInUseError: somebody has it, and no replacement is named.
            RoleNotScopableError: somebody has it in a part, where the replacement cannot be given.
        """
        holders = await self._roles.holders(role.id)
        if holders and replacement is None:
            raise RoleInUseError(role.name, len(holders))
        if replacement is not None and any(holders.values()):
            require_scopable(replacement)
        before = _content(role)
        await self._roles.delete(role, replacement)
        name = None if replacement is None else replacement.name
        gone = RoleDeleted(role_id=role.id, role=role.name, replacement=name)
        await EventPublisher(self._session).publish(gone)
        await self._record("delete", role, before=before, after={"replacement": name})

    async def _flush(self, name: str) -> None:
        try:
            await self._roles.flush()
        except IntegrityError as error:
            raise RoleNameTakenError(name) from error

    async def _record(
        self,
        what: str,
        role: Role,
        *,
        before: dict[str, object] | None,
        after: dict[str, object] | None,
    ) -> None:
        await record(
            self._session,
            action=f"identity.role_{what}",
            target=(_TARGET, role.id),
            before=before,
            after=after,
        )


def permissions_of(roles: Iterable[Role], catalogue: RoleCatalogue) -> frozenset[str]:
    """What these roles allow together."""
    listed = list(roles)
    own = [name for role in listed if not role.is_system for name in role.permissions]
    return catalogue.granted((role.name for role in listed if role.is_system), own)


def require_scopable(role: Role) -> None:
    """Refuse to give a role for a part that is about everything: an owner owns all of it.

    Raises:
        RoleNotScopableError: it is such a role.
    """
    if role.is_system and role.name == OWNER:
        raise RoleNotScopableError(role.name)


def require_grantable(granter: Principal, permissions: Iterable[str]) -> None:
    """Refuse to pass on what `granter` does not hold everywhere.

    Raises:
        GrantTooWideError: naming the permissions that are missing.
    """
    if missing := exceeding(permissions, granter.permissions):
        raise GrantTooWideError(missing)


def require_known(catalogue: RoleCatalogue, permissions: Iterable[str]) -> None:
    """Refuse permissions that no module has.

    Raises:
        UnknownPermissionError: naming the first of them.
    """
    for name in sorted(set(permissions) - catalogue.names - {"*"}):
        raise UnknownPermissionError(name)


def _content(role: Role) -> dict[str, object]:
    return {
        "name": role.name,
        "description": role.description,
        "permissions": list(role.permissions),
    }
