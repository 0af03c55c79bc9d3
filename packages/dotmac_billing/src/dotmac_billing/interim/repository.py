"""Queries of periods that were billed in part."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.billed import UsageKey
from dotmac_core_ops.database import driver_connection, new_ids

# In one order for everybody, against deadlocks.
_OPEN = """
INSERT INTO billing.interim_periods (id, subscription_id, item_id, period_start, created_at)
SELECT opened.id, opened.subscription_id, opened.item_id, opened.period_start, $5
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[])
  AS opened(id, subscription_id, item_id, period_start)
ORDER BY opened.item_id, opened.period_start
ON CONFLICT (tenant_id, item_id, period_start) DO UPDATE SET settled_at = NULL
"""
_CLOSE = """
UPDATE billing.interim_periods p SET settled_at = $3
FROM unnest($1::uuid[], $2::date[]) AS closed(item_id, period_start)
WHERE p.item_id = closed.item_id AND p.period_start = closed.period_start
  AND p.settled_at IS NULL
"""


class InterimRepository:
    """Periods of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(self, keys: Collection[UsageKey], now: datetime) -> None:
        """Note that a part of these was billed."""
        connection = await driver_connection(self._session)
        owners, items, starts = zip(*keys, strict=True)
        await connection.execute(
            _OPEN, new_ids(len(keys)), list(owners), list(items), list(starts), now
        )

    async def close(self, keys: Collection[UsageKey], now: datetime) -> None:
        """Note that what was left of these is billed."""
        connection = await driver_connection(self._session)
        _, items, starts = zip(*keys, strict=True)
        await connection.execute(_CLOSE, list(items), list(starts), now)
