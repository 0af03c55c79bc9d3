"""Every query on roles that are held in parts of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.roles.models import Role, UserRole


class ScopedRoleRepository:
    """The roles that the tenant's users have in parts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, assignment: UserRole) -> None:
        """Keep a new assignment."""
        async with self._session.begin_nested():  # it may be there already
            self._session.add(assignment)

    async def of_user(self, user_id: UUID) -> Sequence[tuple[UserRole, Role]]:
        """What a user has in parts, oldest first."""
        query = (
            sa.select(UserRole, Role)
            .join(Role, Role.id == UserRole.role_id)
            .where(UserRole.user_id == user_id, UserRole.scope_kind.is_not(None))
            .order_by(UserRole.id)
        )
        return [(row[0], row[1]) for row in await self._session.execute(query)]

    async def by_id(self, user_id: UUID, assignment_id: UUID) -> tuple[UserRole, Role] | None:
        """One assignment of the user with its role."""
        found = await self.of_user(user_id)
        return next((pair for pair in found if pair[0].id == assignment_id), None)

    async def remove(self, assignment: UserRole) -> None:
        """Take it back."""
        await self._session.delete(assignment)
        await self._session.flush()  # the list that is answered next is read from the database
