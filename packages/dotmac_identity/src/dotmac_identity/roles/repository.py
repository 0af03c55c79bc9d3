"""Every query on roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.roles.models import Role, UserRole


class RoleRepository:
    """The tenant's roles and who has them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, role: Role) -> None:
        """Keep a new role."""
        self._session.add(role)

    async def all(self) -> Sequence[Role]:
        """Every role, by name."""
        return (await self._session.scalars(sa.select(Role).order_by(Role.name))).all()

    async def named(self, names: Iterable[str]) -> Sequence[Role]:
        """The roles among `names` that exist."""
        query = sa.select(Role).where(Role.name.in_(list(names)))
        return (await self._session.scalars(query)).all()

    async def of_users(self, user_ids: Iterable[UUID]) -> dict[UUID, list[Role]]:
        """The roles of each user, by name; users without a role are left out."""
        query = (
            sa.select(UserRole.user_id, Role)
            .join(Role, Role.id == UserRole.role_id)
            .where(UserRole.user_id.in_(list(user_ids)))
            .order_by(Role.name)
        )
        found: dict[UUID, list[Role]] = {}
        for user_id, role in await self._session.execute(query):
            found.setdefault(user_id, []).append(role)
        return found

    async def assign(self, user_id: UUID, roles: Iterable[Role]) -> None:
        """Give the user exactly `roles`."""
        await self._session.execute(sa.delete(UserRole).where(UserRole.user_id == user_id))
        self._session.add_all(UserRole(user_id=user_id, role_id=role.id) for role in roles)

    async def lock(self, name: str) -> None:
        """Let no other transaction change who has the role `name` until this one ends."""
        await self._session.execute(sa.select(Role.id).where(Role.name == name).with_for_update())
