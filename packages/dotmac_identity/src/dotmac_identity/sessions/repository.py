"""Every query on sessions and refresh tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.sessions.models import RefreshToken, UserSession

_MOST_SHOWN = 200
SEEN_IS_NOTED_EVERY = timedelta(minutes=1)
"""How exact the last use of a session is."""


class SessionRepository:
    """The tenant's sessions."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, opened: UserSession, token: RefreshToken) -> None:
        """Keep a new session with its first token."""
        self._session.add(opened)
        await self._session.flush()  # the token refers to it
        self._session.add(token)

    def add_token(self, token: RefreshToken) -> None:
        """Keep the next token of a session."""
        self._session.add(token)

    async def by_token(self, token_hash: bytes) -> tuple[RefreshToken, UserSession] | None:
        """The token of this hash with its session, locked until the transaction ends."""
        query = (
            sa.select(RefreshToken, UserSession)
            .join(UserSession, UserSession.id == RefreshToken.session_id)
            .where(RefreshToken.token_hash == token_hash)
            .with_for_update()
        )
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def revoke(self, session_id: UUID, because: str, now: datetime) -> bool:
        """End one session; whether it was open until now."""
        return bool(await self._revoke(UserSession.id == session_id, because, now))

    async def revoke_all_of(
        self, user_id: UUID, because: str, now: datetime, *, sparing: UUID | None = None
    ) -> Sequence[UUID]:
        """End all sessions of a user, except perhaps one; those that were open."""
        which = UserSession.user_id == user_id
        if sparing is not None:
            which = sa.and_(which, UserSession.id != sparing)
        return await self._revoke(which, because, now)

    async def by_id(self, session_id: UUID) -> UserSession | None:
        """The session, if the tenant has it."""
        return await self._session.scalar(
            sa.select(UserSession).where(UserSession.id == session_id)
        )

    async def open_of(self, user_id: UUID, now: datetime) -> Sequence[UserSession]:
        """The user's open sessions, the one seen last first; the latest 200."""
        query = (
            sa.select(UserSession)
            .where(
                UserSession.user_id == user_id,
                UserSession.revoked_at.is_(None),
                UserSession.expires_at > now,
            )
            .order_by(sa.func.coalesce(UserSession.last_seen_at, UserSession.created_at).desc())
            .limit(_MOST_SHOWN)
        )
        return (await self._session.scalars(query)).all()

    async def devices_of(self, user_id: UUID) -> list[tuple[str, str]]:
        """User agent and address of every session kept of the user, ended ones too."""
        query = (
            sa.select(UserSession.user_agent, UserSession.address)
            .where(UserSession.user_id == user_id)
            .distinct()
        )
        return [(row[0], row[1]) for row in await self._session.execute(query)]

    async def note_seen(self, session_id: UUID, now: datetime) -> None:
        """Note that a session is in use."""
        await self._session.execute(
            sa.update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now)
        )

    async def delete_expired(self, before: datetime, limit: int) -> int:
        """Remove up to `limit` sessions that expired before `before`, with their tokens."""
        old = (
            await self._session.scalars(
                sa.select(UserSession.id)
                .where(UserSession.expires_at < before)
                .order_by(UserSession.expires_at)
                .limit(limit)
            )
        ).all()
        if old:
            await self._session.execute(
                sa.delete(RefreshToken).where(RefreshToken.session_id.in_(old))
            )
            await self._session.execute(sa.delete(UserSession).where(UserSession.id.in_(old)))
        return len(old)

    async def _revoke(
        self, which: sa.ColumnElement[bool], because: str, now: datetime
    ) -> Sequence[UUID]:
        ended = await self._session.scalars(
            sa.update(UserSession)
            .where(which, UserSession.revoked_at.is_(None))
            .values(revoked_at=now, revoked_because=because)
            .returning(UserSession.id)
        )
        return ended.all()
