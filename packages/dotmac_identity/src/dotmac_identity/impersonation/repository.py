"""Every query on impersonations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.impersonation.models import Impersonation
from dotmac_identity.roles.models import Role, UserRole
from dotmac_identity.roles.system_roles import OWNER
from dotmac_identity.sessions.models import UserSession
from dotmac_identity.users.models import User


class ImpersonationRepository:
    """Who acted as one of the tenant's users."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, impersonation: Impersonation, opened: UserSession) -> None:
        """Keep a new one with the session it acts in."""
        self._session.add(impersonation)
        await self._session.flush()  # the session refers to it
        self._session.add(opened)
        await self._session.flush()  # a conflict shows here rather than at the end

    async def by_id(self, impersonation_id: UUID) -> Impersonation | None:
        """One, locked until the transaction ends."""
        query = sa.select(Impersonation).where(Impersonation.id == impersonation_id)
        return await self._session.scalar(query.with_for_update())

    async def of_session(self, session_id: UUID) -> UUID | None:
        """Which one the session is for."""
        query = sa.select(UserSession.impersonation_id).where(UserSession.id == session_id)
        found: UUID | None = await self._session.scalar(query)
        return found

    async def session_of(self, impersonation_id: UUID) -> UUID | None:
        """The session in which it acts."""
        query = sa.select(UserSession.id).where(UserSession.impersonation_id == impersonation_id)
        found: UUID | None = await self._session.scalar(query)
        return found

    async def page(self, *, offset: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """A page, newest first, each with the user's address; and how many there are in all.

        One whose session was ended by signing out ended then.
        """
        total = await self._session.scalar(sa.select(sa.func.count()).select_from(Impersonation))
        ended_at = sa.func.coalesce(Impersonation.ended_at, UserSession.revoked_at)
        query = (
            sa.select(
                Impersonation.id,
                Impersonation.user_id,
                User.email.label("user_email"),
                Impersonation.operator_id,
                Impersonation.operator_name,
                Impersonation.reason,
                Impersonation.started_at,
                Impersonation.expires_at,
                ended_at.label("ended_at"),
                Impersonation.ended_by,
            )
            .join(User, User.id == Impersonation.user_id)
            .outerjoin(UserSession, UserSession.impersonation_id == Impersonation.id)
            .order_by(Impersonation.id.desc())
        )
        rows = await self._session.execute(query.offset(offset).limit(limit))
        return [row._asdict() for row in rows], total or 0

    async def owners(self) -> Sequence[str]:
        """The addresses of the tenant's active owners."""
        query = (
            sa.select(User.email)
            .join(UserRole, UserRole.user_id == User.id)
            .join(Role, Role.id == UserRole.role_id)
            .where(Role.name == OWNER, Role.is_system, User.is_active)
            .order_by(User.email)
        )
        return (await self._session.scalars(query)).all()
