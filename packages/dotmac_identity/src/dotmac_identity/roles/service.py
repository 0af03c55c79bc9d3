"""Who may pass on which role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.principal import Principal
from dotmac_identity.roles.errors import (
    GrantTooWideError,
    UnknownPermissionError,
    UnknownRoleError,
)
from dotmac_identity.roles.models import Role
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.system_roles import SYSTEM_ROLES, RoleCatalogue, exceeding


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


def permissions_of(roles: Iterable[Role], catalogue: RoleCatalogue) -> frozenset[str]:
    """What these roles allow together."""
    listed = list(roles)
    own = [name for role in listed if not role.is_system for name in role.permissions]
    return catalogue.granted((role.name for role in listed if role.is_system), own)


def require_grantable(granter: Principal, permissions: Iterable[str]) -> None:
    """Refuse to pass on what `granter` does not hold.

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
