"""Every query on roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.roles.models import Role, ServiceAccountRole, UserRole

# Who shall have another role instead; those who have that one already just lose this one.
_REPLACED = """
UPDATE identity.user_roles held SET role_id = :replacement
WHERE role_id = :role AND NOT EXISTS (
  SELECT FROM identity.user_roles other
  WHERE other.user_id = held.user_id AND other.role_id = :replacement
    AND other.scope_kind IS NOT DISTINCT FROM held.scope_kind
    AND other.scope_id IS NOT DISTINCT FROM held.scope_id)
"""
_REPLACED_FOR_PROGRAMS = """
UPDATE identity.service_account_roles held SET role_id = :replacement
WHERE role_id = :role AND NOT EXISTS (
  SELECT FROM identity.service_account_roles other
  WHERE other.service_account_id = held.service_account_id AND other.role_id = :replacement)
"""
_TAKEN = "DELETE FROM identity.user_roles WHERE role_id = :role"
_TAKEN_FROM_PROGRAMS = "DELETE FROM identity.service_account_roles WHERE role_id = :role"
_HOLDERS = """
SELECT user_id::text AS holder, scope_kind IS NOT NULL AS is_scoped
FROM identity.user_roles WHERE role_id = :role
UNION SELECT service_account_id::text, false
FROM identity.service_account_roles WHERE role_id = :role
"""


class RoleRepository:
    """The tenant's roles and who has them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, role: Role) -> None:
        """Keep a new role."""
        self._session.add(role)

    async def flush(self) -> None:
        """Write what has changed, to learn of a conflict."""
        await self._session.flush()

    async def all(self) -> Sequence[Role]:
        """Every role, by name."""
        return (await self._session.scalars(sa.select(Role).order_by(Role.name))).all()

    async def by_id(self, role_id: UUID) -> Role | None:
        """The role, locked until the transaction ends."""
        query = sa.select(Role).where(Role.id == role_id).with_for_update()
        return await self._session.scalar(query.execution_options(populate_existing=True))

    async def named(self, names: Iterable[str]) -> Sequence[Role]:
        """The roles among `names` that exist."""
        query = sa.select(Role).where(Role.name.in_(list(names)))
        return (await self._session.scalars(query)).all()

    async def of_users(self, user_ids: Iterable[UUID]) -> dict[UUID, list[Role]]:
        """The roles that each user has everywhere, by name; users without one are left out."""
        return await self._of_users(user_ids, UserRole.scope_kind.is_(None))

    async def all_of_user(self, user_id: UUID) -> list[Role]:
        """The roles that a user has anywhere, in a part too."""
        return (await self._of_users([user_id], sa.true())).get(user_id, [])

    async def assign(self, user_id: UUID, roles: Iterable[Role]) -> None:
        """Give the user exactly `roles` everywhere; what they have in parts stays."""
        await self._session.execute(
            sa.delete(UserRole).where(UserRole.user_id == user_id, UserRole.scope_kind.is_(None))
        )
        self._session.add_all(UserRole(user_id=user_id, role_id=role.id) for role in roles)

    async def of_service_accounts(self, account_ids: Iterable[UUID]) -> dict[UUID, list[Role]]:
        """The roles of each service account, by name; those without one are left out."""
        query = (
            sa.select(ServiceAccountRole.service_account_id, Role)
            .join(Role, Role.id == ServiceAccountRole.role_id)
            .where(ServiceAccountRole.service_account_id.in_(list(account_ids)))
            .order_by(Role.name)
        )
        return _grouped(await self._session.execute(query))

    async def assign_to_service_account(self, account_id: UUID, roles: Iterable[Role]) -> None:
        """Give the service account exactly `roles`."""
        await self._session.execute(
            sa.delete(ServiceAccountRole).where(ServiceAccountRole.service_account_id == account_id)
        )
        self._session.add_all(
            ServiceAccountRole(service_account_id=account_id, role_id=role.id) for role in roles
        )

    async def lock(self, name: str) -> None:
        """Let no other transaction change who has the role `name` until this one ends."""
        await self._session.execute(sa.select(Role.id).where(Role.name == name).with_for_update())

    async def holders(self, role_id: UUID) -> dict[str, bool]:
        """Users and service accounts with the role, and whether they have it in a part."""
        rows = await self._session.execute(sa.text(_HOLDERS), {"role": role_id})
        found: dict[str, bool] = {}
        for row in rows:
            found[row.holder] = found.get(row.holder, False) or row.is_scoped
        return found

    async def delete(self, role: Role, replacement: Role | None) -> None:
        """Remove the role; whoever has it has `replacement` instead."""
        if replacement is not None:
            bound = {"role": role.id, "replacement": replacement.id}
            for statement in (_REPLACED, _REPLACED_FOR_PROGRAMS):
                await self._session.execute(sa.text(statement), bound)
            for statement in (_TAKEN, _TAKEN_FROM_PROGRAMS):
                await self._session.execute(sa.text(statement), {"role": role.id})
        await self._session.delete(role)
        await self._session.flush()  # somebody may have been given it meanwhile

    async def _of_users(
        self, user_ids: Iterable[UUID], which: sa.ColumnElement[bool]
    ) -> dict[UUID, list[Role]]:
        query = (
            sa.select(UserRole.user_id, Role)
            .join(Role, Role.id == UserRole.role_id)
            .where(UserRole.user_id.in_(list(user_ids)), which)
            .order_by(Role.name)
        )
        return _grouped(await self._session.execute(query))


def _grouped(rows: Iterable[sa.Row[UUID, Role]]) -> dict[UUID, list[Role]]:
    found: dict[UUID, list[Role]] = {}
    for holder, role in rows:
        found.setdefault(holder, []).append(role)
    return found
