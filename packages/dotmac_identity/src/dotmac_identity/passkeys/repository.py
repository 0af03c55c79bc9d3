"""Every query on passkeys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import new_id
from dotmac_identity.passkeys.models import UsedPasskeyChallenge
from dotmac_identity.second_factors.models import Passkey


class PasskeyRepository:
    """The tenant's passkeys."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, passkey: Passkey) -> None:
        """Keep a new one."""
        self._session.add(passkey)

    async def of_user(self, user_id: UUID) -> Sequence[Passkey]:
        """The passkeys of a user, oldest first."""
        query = sa.select(Passkey).where(Passkey.user_id == user_id)
        return (await self._session.scalars(query.order_by(Passkey.created_at, Passkey.id))).all()

    async def by_id(self, user_id: UUID, passkey_id: UUID) -> Passkey | None:
        """The passkey, if it is this user's; locked until the transaction ends."""
        query = sa.select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)
        return await self._session.scalar(query.with_for_update())

    async def by_credential(self, user_id: UUID, credential_id: bytes) -> Passkey | None:
        """The same by what its authenticator calls it."""
        query = (
            sa.select(Passkey)
            .where(Passkey.credential_id == credential_id, Passkey.user_id == user_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return await self._session.scalar(query)

    async def remove(self, passkey: Passkey) -> None:
        """Take it away."""
        await self._session.delete(passkey)
        await self._session.flush()  # what is left is counted next

    async def use_challenge(self, hashed: bytes, expires_at: datetime) -> bool:
        """Use a challenge up; whether it was unused. Of two at once, one is."""
        row = insert(UsedPasskeyChallenge).values(
            id=new_id(), challenge_hash=hashed, expires_at=expires_at
        )
        query = row.on_conflict_do_nothing().returning(UsedPasskeyChallenge.id)
        return await self._session.scalar(query) is not None

    async def delete_challenges(self, before: datetime) -> None:
        """Forget used challenges that expired before `before`: they are no good by themselves."""
        await self._session.execute(
            sa.delete(UsedPasskeyChallenge).where(UsedPasskeyChallenge.expires_at < before)
        )
