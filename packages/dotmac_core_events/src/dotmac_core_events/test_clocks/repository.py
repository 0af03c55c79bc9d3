"""The time of a test tenant, in the list of tenants."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import RawConnection, driver_connection, tenant_of

_READ = "SELECT id, slug, is_test, test_now FROM core.tenants WHERE id = $1"
_MOVE = "UPDATE core.tenants SET test_now = $2 WHERE id = $1 AND is_test"
_LOCK = "SELECT pg_try_advisory_lock(hashtext('dotmac test clock'), hashtext($1))"


class TenantClockRepository:
    """The session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self) -> asyncpg.Record | None:
        """Id, short name, whether it is for tests, and its time."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_READ, tenant_of(self._session))

    async def move(self, now: datetime) -> None:
        """Let it be `now` for the tenant."""
        connection = await driver_connection(self._session)
        await connection.execute(_MOVE, tenant_of(self._session), now)


async def try_hold(connection: RawConnection, tenant_id: UUID) -> bool:
    """Whether this connection is the one that moves the tenant's time, until it is closed."""
    return bool(await connection.fetchval(_LOCK, str(tenant_id)))
