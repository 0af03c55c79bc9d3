"""Every query on the tokens that people get about their account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.accounts.models import AccountToken, Purpose


class AccountTokenRepository:
    """The tenant's tokens."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, token: AccountToken) -> None:
        """Keep a new token."""
        self._session.add(token)

    async def by_hash(self, purpose: Purpose, token_hash: bytes) -> AccountToken | None:
        """The token of this hash, locked until the transaction ends: of two uses one waits."""
        query = (
            sa.select(AccountToken)
            .where(AccountToken.token_hash == token_hash, AccountToken.purpose == purpose)
            .with_for_update()
        )
        return await self._session.scalar(query)

    async def made_since(self, user_id: UUID, purpose: Purpose, since: datetime) -> int:
        """How many tokens for `purpose` the user was given since `since`, it included."""
        query = (
            sa.select(sa.func.count())
            .select_from(AccountToken)
            .where(
                AccountToken.user_id == user_id,
                AccountToken.purpose == purpose,
                AccountToken.created_at >= since,
            )
        )
        return await self._session.scalar(query) or 0

    async def withdraw(self, user_id: UUID, purpose: Purpose, now: datetime) -> None:
        """Make the user's other tokens for `purpose` useless."""
        await self._session.execute(
            sa.update(AccountToken)
            .where(
                AccountToken.user_id == user_id,
                AccountToken.purpose == purpose,
                AccountToken.used_at.is_(None),
            )
            .values(used_at=now)
        )

    async def email_asked_for(self, user_id: UUID, now: datetime) -> str | None:
        """The address that the user has asked for and not confirmed yet."""
        query = (
            sa.select(AccountToken.email)
            .where(
                AccountToken.user_id == user_id,
                AccountToken.purpose == Purpose.EMAIL_CHANGE,
                AccountToken.used_at.is_(None),
                AccountToken.expires_at > now,
            )
            .order_by(AccountToken.id.desc())
            .limit(1)
        )
        return await self._session.scalar(query)

    async def delete_expired(self, before: datetime) -> None:
        """Remove the tokens that expired before `before`."""
        await self._session.execute(sa.delete(AccountToken).where(AccountToken.expires_at < before))
