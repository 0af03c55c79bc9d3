"""The key of the tenant's unsubscribe links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection, new_id

_KEY = "SELECT key FROM customers.unsubscribe_keys"
# Whoever comes second finds the key of the first.
_ADD = """
INSERT INTO customers.unsubscribe_keys (id, key, created_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id) DO NOTHING
"""


class UnsubscribeKeyRepository:
    """The key of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self) -> bytes | None:
        """The key, if one was made."""
        connection = await driver_connection(self._session)
        found: bytes | None = await connection.fetchval(_KEY)
        return found

    async def make(self, key: bytes, now: datetime) -> bytes:
        """Keep `key`, unless there is one already; the one that counts."""
        connection = await driver_connection(self._session)
        await connection.execute(_ADD, new_id(), key, now)
        found: bytes = await connection.fetchval(_KEY)
        return found
