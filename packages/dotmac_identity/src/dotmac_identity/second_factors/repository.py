"""Every query on second factors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_identity.second_factors.models import RecoveryCode, SecondFactorRules, TotpFactor


class SecondFactorRepository:
    """Authenticator apps, recovery codes and rules of the tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def totp_of(self, user_id: UUID, *, for_update: bool = False) -> TotpFactor | None:
        """The user's app, confirmed or not."""
        query = sa.select(TotpFactor).where(TotpFactor.user_id == user_id)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)

    async def begin_totp(self, user_id: UUID, sealed_secret: bytes, unused: int) -> bool:
        """Keep a secret that waits to be confirmed, in place of one that did; whether it could be.

        It cannot where one is confirmed already.
        """
        values = {
            "sealed_secret": sealed_secret,
            "used_through": unused,
            "created_at": clock_of(self._session).now(),
        }
        row = insert(TotpFactor).values(id=new_id(), user_id=user_id, **values)
        query = row.on_conflict_do_update(
            index_elements=["tenant_id", "user_id"],
            set_=values,
            where=TotpFactor.confirmed_at.is_(None),
        ).returning(TotpFactor.id)
        return await self._session.scalar(query) is not None

    async def has_factor(self, user_id: UUID) -> bool:
        """Whether a second factor is asked of the user."""
        query = sa.select(sa.literal(1)).where(
            TotpFactor.user_id == user_id, TotpFactor.confirmed_at.is_not(None)
        )
        return await self._session.scalar(query) is not None

    async def delete_factors(self, user_id: UUID) -> bool:
        """Remove the user's app and codes; whether there was an app."""
        await self._session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        gone = await self._session.scalars(
            sa.delete(TotpFactor).where(TotpFactor.user_id == user_id).returning(TotpFactor.id)
        )
        return gone.one_or_none() is not None

    async def replace_codes(self, user_id: UUID, hashes: Iterable[bytes]) -> None:
        """Let the codes of these hashes be good, and none from before."""
        await self._session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        now = clock_of(self._session).now()
        rows = [
            {"id": new_id(), "user_id": user_id, "code_hash": one, "created_at": now}
            for one in hashes
        ]
        await self._session.execute(sa.insert(RecoveryCode), rows)

    async def use_code(self, user_id: UUID, hashed: bytes, now: datetime) -> bool:
        """Use the code of this hash up; whether there was an unused one. Of two at once, one is."""
        used = await self._session.scalars(
            sa.update(RecoveryCode)
            .where(
                RecoveryCode.user_id == user_id,
                RecoveryCode.code_hash == hashed,
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=now)
            .returning(RecoveryCode.id)
        )
        return used.one_or_none() is not None

    async def codes_left(self, user_id: UUID) -> int:
        """How many codes of the user are unused."""
        query = (
            sa.select(sa.func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
        )
        return await self._session.scalar(query) or 0

    async def rules(self) -> SecondFactorRules | None:
        """The tenant's rules, if it has any."""
        return await self._session.scalar(sa.select(SecondFactorRules))

    async def set_rules(self, *, everybody: bool, role_ids: Iterable[UUID]) -> None:
        """Replace the tenant's rules."""
        values = {
            "everybody": everybody,
            "role_ids": list(role_ids),
            "updated_at": clock_of(self._session).now(),
        }
        row = insert(SecondFactorRules).values(id=tenant_of(self._session), **values)
        await self._session.execute(
            row.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values)
        )
