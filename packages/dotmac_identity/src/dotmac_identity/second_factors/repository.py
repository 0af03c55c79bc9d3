"""Every query on second factors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_identity.second_factors.models import (
    Passkey,
    RecoveryCode,
    SecondFactorRules,
    TotpFactor,
)
from dotmac_identity.second_factors.view import FactorStatus


class SecondFactorRepository:
    """Authenticator apps, passkeys, recovery codes and rules of the tenant."""

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

    async def status(self, user_id: UUID) -> FactorStatus:
        """What the user has set up."""
        passkeys = sa.select(sa.func.count()).where(Passkey.user_id == user_id)
        query = sa.select(
            sa.select(TotpFactor.confirmed_at)
            .where(TotpFactor.user_id == user_id)
            .scalar_subquery()
            .label("confirmed_at"),
            passkeys.scalar_subquery().label("passkeys"),
            passkeys.where(Passkey.copied_at.is_(None)).scalar_subquery().label("good"),
            sa.select(sa.func.count())
            .where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
            .scalar_subquery()
            .label("codes"),
        )
        row = (await self._session.execute(query)).one()
        return FactorStatus(row.confirmed_at, row.passkeys, row.good, row.codes)

    async def delete_app(self, user_id: UUID) -> bool:
        """Remove the user's app; whether there was one."""
        gone = await self._session.scalars(
            sa.delete(TotpFactor).where(TotpFactor.user_id == user_id).returning(TotpFactor.id)
        )
        return gone.one_or_none() is not None

    async def delete_passkeys(self, user_id: UUID) -> int:
        """Remove the user's passkeys; how many there were."""
        gone = await self._session.scalars(
            sa.delete(Passkey).where(Passkey.user_id == user_id).returning(Passkey.id)
        )
        return len(gone.all())

    async def delete_codes(self, user_id: UUID) -> None:
        """Make the user's recovery codes void."""
        await self._session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))

    async def replace_codes(self, user_id: UUID, hashes: Iterable[bytes]) -> None:
        """Let the codes of these hashes be good, and none from before."""
        await self.delete_codes(user_id)
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
