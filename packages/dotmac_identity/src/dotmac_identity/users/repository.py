"""Every query on users."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.roles.models import Role, UserRole
from dotmac_identity.users.models import User


class UserRepository:
    """The tenant's users."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, user: User) -> None:
        """Keep a new user."""
        self._session.add(user)

    async def by_id(self, user_id: UUID, *, for_update: bool = False) -> User | None:
        """The user, if the tenant has them."""
        query = sa.select(User).where(User.id == user_id)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)

    async def by_email(
        self, email: str, kind: AccountKind = AccountKind.STAFF, *, for_update: bool = False
    ) -> User | None:
        """The account of this kind with this (normalised) address."""
        query = sa.select(User).where(User.email == email, User.kind == kind)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def page(self, *, offset: int, limit: int) -> tuple[Sequence[User], int]:
        """A page of the staff by e-mail address, and how many there are in all."""
        staff = User.kind == AccountKind.STAFF
        total = await self._session.scalar(
            sa.select(sa.func.count()).select_from(User).where(staff)
        )
        rows = sa.select(User).where(staff).order_by(User.email).offset(offset).limit(limit)
        return (await self._session.scalars(rows)).all(), total or 0

    async def staff(self) -> Sequence[User]:
        """Those of the staff who may sign in, by e-mail address."""
        query = sa.select(User).where(User.is_active, User.kind == AccountKind.STAFF)
        return (await self._session.scalars(query.order_by(User.email))).all()

    async def of_customer(self, customer_id: UUID) -> Sequence[User]:
        """Those who sign in to the portal for a customer, by e-mail address."""
        query = sa.select(User).where(User.customer_id == customer_id).order_by(User.email)
        return (await self._session.scalars(query)).all()

    async def active(self) -> int:
        """How many of the staff may sign in."""
        staff = (User.is_active, User.kind == AccountKind.STAFF)
        query = sa.select(sa.func.count()).select_from(User).where(*staff)
        return await self._session.scalar(query) or 0

    async def is_for_any(self, customer_ids: Sequence[UUID]) -> bool:
        """Whether somebody signs in to the portal for any of the customers."""
        wanted = (
            sa.func.unnest(sa.bindparam("ids", list(customer_ids), sa.ARRAY(sa.Uuid())))
            .table_valued("id")
            .render_derived()
        )
        query = (
            sa.select(sa.literal(1)).select_from(User).join(wanted, wanted.c.id == User.customer_id)
        )
        return await self._session.scalar(query.limit(1)) is not None

    async def move_customer(self, customer_id: UUID, to: UUID) -> Sequence[UUID]:
        """Let those who sign in for a customer do so for another one; who they are."""
        moved = await self._session.scalars(
            sa.update(User)
            .where(User.customer_id == customer_id)
            .values(customer_id=to)
            .returning(User.id)
        )
        return moved.all()

    async def other_active_with_role(self, role: str, user_id: UUID) -> bool:
        """Whether an active user other than `user_id` has the role."""
        query = (
            sa.select(sa.literal(1))
            .select_from(UserRole)
            .join(Role, Role.id == UserRole.role_id)
            .join(User, User.id == UserRole.user_id)
            .where(Role.name == role, User.is_active, User.id != user_id)
            .limit(1)
        )
        return await self._session.scalar(query) is not None
