"""Every query on roles as groups of a directory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import new_id
from dotmac_identity.provisioned_groups.resources import Member
from dotmac_identity.provisioning.filters import Condition
from dotmac_identity.provisioning.repository import KNOWN_STAFF, STAFF_IN_SIGHT
from dotmac_identity.roles.models import Role, UserRole
from dotmac_identity.users.models import User

_EVERYWHERE = UserRole.scope_kind.is_(None)


class GroupRepository:
    """The tenant's roles, and which of the staff a directory sees have them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_id(self, role_id: UUID, *, for_update: bool = False) -> Role | None:
        """The role; locked if wanted, with which nobody else changes who has it."""
        query = sa.select(Role).where(Role.id == role_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def page(
        self, conditions: Iterable[Condition], *, offset: int, limit: int
    ) -> tuple[Sequence[Role], int]:
        """A page of the roles that meet all conditions, by name, and how many do in all."""
        wanted = [_meets(condition) for condition in conditions]
        counted = sa.select(sa.func.count()).select_from(Role).where(*wanted)
        total = await self._session.scalar(counted) or 0
        rows = sa.select(Role).where(*wanted).order_by(Role.name).offset(offset).limit(limit)
        return (await self._session.scalars(rows)).all(), total

    async def members(self, role_ids: Collection[UUID]) -> dict[UUID, list[Member]]:
        """Who has each of the roles everywhere, by identifier; roles without anybody left out."""
        query = (
            KNOWN_STAFF.with_only_columns(UserRole.role_id, User.id, User.name)
            .join(UserRole, UserRole.user_id == User.id)
            .where(UserRole.role_id.in_(role_ids), _EVERYWHERE, STAFF_IN_SIGHT)
            .order_by(User.id)
        )
        found: dict[UUID, list[Member]] = {}
        for role_id, user_id, name in await self._session.execute(query):
            found.setdefault(role_id, []).append(Member(user_id, name))
        return found

    async def in_sight(self, user_ids: Collection[UUID]) -> set[UUID]:
        """Those of the users whom a directory sees."""
        query = KNOWN_STAFF.with_only_columns(User.id).where(User.id.in_(user_ids), STAFF_IN_SIGHT)
        return set(await self._session.scalars(query))

    async def give(self, role_id: UUID, user_ids: Iterable[UUID]) -> None:
        """Let the users have the role everywhere, in one statement."""
        rows = [{"id": new_id(), "user_id": user_id, "role_id": role_id} for user_id in user_ids]
        await self._session.execute(sa.insert(UserRole), rows)

    async def take(self, role_id: UUID, user_ids: Collection[UUID]) -> None:
        """Let the users have the role no longer; what they have in parts stays."""
        await self._session.execute(
            sa.delete(UserRole).where(
                UserRole.role_id == role_id, UserRole.user_id.in_(user_ids), _EVERYWHERE
            )
        )


def _meets(condition: Condition) -> sa.ColumnElement[bool]:
    text = str(condition.value).lower()
    match condition.attribute:
        case "displayName":
            return sa.func.lower(Role.name) == text
        case "members.value":
            having = sa.select(UserRole.role_id).where(
                sa.cast(UserRole.user_id, sa.Text()) == text, _EVERYWHERE
            )
            return Role.id.in_(having)
        case _:
            return sa.cast(Role.id, sa.Text()) == text
