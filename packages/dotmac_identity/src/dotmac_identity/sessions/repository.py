"""Every query on sessions and refresh tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.sessions.models import RefreshToken, UserSession


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
        return await self._revoke(UserSession.id == session_id, because, now)

    async def revoke_all_of(self, user_id: UUID, because: str, now: datetime) -> bool:
        """End all sessions of a user; whether there was an open one."""
        return await self._revoke(UserSession.user_id == user_id, because, now)

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

    async def _revoke(self, which: sa.ColumnElement[bool], because: str, now: datetime) -> bool:
        ended = await self._session.scalars(
            sa.update(UserSession)
            .where(which, UserSession.revoked_at.is_(None))
            .values(revoked_at=now, revoked_because=because)
            .returning(UserSession.id)
        )
        return bool(ended.all())
