"""Every query on grants, overrides and used limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection, new_id
from dotmac_identity.entitlements.models import EntitlementOverride, LimitUse, PlanGrant

# The row is locked until the transaction ends: of two that take the last one, the second waits for
# the first and then finds none left.
_TAKE = """
INSERT INTO identity.limit_uses AS u (id, name, used) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, name) DO UPDATE SET used = u.used + $3
RETURNING used
"""
_RELEASE = """
UPDATE identity.limit_uses SET used = greatest(0, used - $2) WHERE name = $1
"""
_BEGIN = """
INSERT INTO identity.limit_uses (id, name, used) VALUES ($1, $2, 0)
ON CONFLICT (tenant_id, name) DO NOTHING
"""
_LOCK = "SELECT used FROM identity.limit_uses WHERE name = $1 FOR UPDATE"
_SET = "UPDATE identity.limit_uses SET used = $2 WHERE name = $1"


class EntitlementRepository:
    """What the tenant was granted and how much of it is used."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def grant(self, *, for_update: bool = False) -> PlanGrant | None:
        """What the tenant has from its plan; None where nothing was granted."""
        query = sa.select(PlanGrant)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)

    async def overrides(self) -> Sequence[EntitlementOverride]:
        """What was agreed with the tenant, by name."""
        query = sa.select(EntitlementOverride).order_by(EntitlementOverride.name)
        return (await self._session.scalars(query)).all()

    async def override(self, name: str) -> EntitlementOverride | None:
        """What was agreed about `name`, locked."""
        query = sa.select(EntitlementOverride).where(EntitlementOverride.name == name)
        return await self._session.scalar(query.with_for_update())

    async def add(self, row: PlanGrant | EntitlementOverride) -> None:
        """Keep a new grant or override."""
        self._session.add(row)
        await self._session.flush()  # what is asked next must see it

    async def remove(self, row: PlanGrant | EntitlementOverride) -> None:
        """Take a grant or an override away."""
        await self._session.delete(row)
        await self._session.flush()  # what is asked next must not see it

    async def used(self) -> Mapping[str, int]:
        """How many of everything there are, as noted."""
        rows = await self._session.execute(sa.select(LimitUse.name, LimitUse.used))
        return {row.name: row.used for row in rows}

    async def take(self, name: str, count: int) -> int:
        """Note `count` more of `name`; how many that makes. Others wait until this one ends."""
        connection = await driver_connection(self._session)
        return int(await connection.fetchval(_TAKE, new_id(), name, count))

    async def release(self, name: str, count: int) -> None:
        """Note `count` fewer of `name`; never fewer than none."""
        connection = await driver_connection(self._session)
        await connection.execute(_RELEASE, name, count)

    async def lock(self, name: str) -> int:
        """How many of `name` are noted; nobody takes or releases one until this one ends."""
        connection = await driver_connection(self._session)
        await connection.execute(_BEGIN, new_id(), name)
        return int(await connection.fetchval(_LOCK, name))

    async def correct(self, name: str, used: int) -> None:
        """Note how many there really are."""
        connection = await driver_connection(self._session)
        await connection.execute(_SET, name, used)
