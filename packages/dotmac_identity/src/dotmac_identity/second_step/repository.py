"""Every query on challenges and remembered devices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.second_step.models import RememberedDevice, SignInChallenge


class SecondStepRepository:
    """The tenant's challenges and remembered devices."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: SignInChallenge | RememberedDevice) -> None:
        """Keep a new one."""
        self._session.add(row)

    async def challenge(self, token_hash: bytes) -> SignInChallenge | None:
        """The challenge of this hash, locked until the transaction ends."""
        query = (
            sa.select(SignInChallenge)
            .where(SignInChallenge.token_hash == token_hash)
            .with_for_update()
        )
        return await self._session.scalar(query)

    async def device(
        self, user_id: UUID, token_hash: bytes, now: datetime
    ) -> RememberedDevice | None:
        """The user's device of this hash, if it is remembered at `now`."""
        query = sa.select(RememberedDevice).where(
            RememberedDevice.token_hash == token_hash,
            RememberedDevice.user_id == user_id,
            RememberedDevice.expires_at > now,
        )
        return await self._session.scalar(query)

    async def devices_of(self, user_id: UUID, now: datetime) -> Sequence[RememberedDevice]:
        """The devices of a user that are remembered at `now`, the one used last first."""
        query = (
            sa.select(RememberedDevice)
            .where(RememberedDevice.user_id == user_id, RememberedDevice.expires_at > now)
            .order_by(RememberedDevice.last_used_at.desc())
        )
        return (await self._session.scalars(query)).all()

    async def forget_device(self, user_id: UUID, device_id: UUID) -> bool:
        """Forget one device of a user; whether there was one."""
        gone = await self._session.scalars(
            sa.delete(RememberedDevice)
            .where(RememberedDevice.id == device_id, RememberedDevice.user_id == user_id)
            .returning(RememberedDevice.id)
        )
        return gone.one_or_none() is not None

    async def forget_devices(self, user_id: UUID) -> int:
        """Forget all devices of a user; how many there were."""
        gone = await self._session.scalars(
            sa.delete(RememberedDevice)
            .where(RememberedDevice.user_id == user_id)
            .returning(RememberedDevice.id)
        )
        return len(gone.all())

    async def withdraw_challenges(self, user_id: UUID, now: datetime) -> None:
        """Make the user's open challenges useless."""
        await self._session.execute(
            sa.update(SignInChallenge)
            .where(SignInChallenge.user_id == user_id, SignInChallenge.used_at.is_(None))
            .values(used_at=now)
        )

    async def delete_expired(self, before: datetime) -> None:
        """Remove what expired before `before`."""
        for table in (SignInChallenge, RememberedDevice):
            await self._session.execute(sa.delete(table).where(table.expires_at < before))
