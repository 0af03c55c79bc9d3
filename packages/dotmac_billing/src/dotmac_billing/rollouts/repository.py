"""Who is to have a newer version of the plan."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

# Of several versions that are rolled out the newest counts. What is scheduled already is left.
_DUE = """
WITH newest AS (
  SELECT DISTINCT ON (v.plan_id) v.id, v.plan_id, v.version, v.rollout, v.rollout_on
  FROM billing.plan_versions v
  WHERE v.rollout <> 'never' AND v.available_from <= $1::timestamptz::date
  ORDER BY v.plan_id, v.version DESC
)
SELECT s.id, s.time_zone, s.start_on, n.id AS version_id, n.rollout, n.rollout_on
FROM newest n
JOIN billing.plan_versions o ON o.plan_id = n.plan_id AND o.version < n.version
JOIN billing.subscriptions s ON s.plan_version_id = o.id
WHERE s.id > $2 AND s.status IN ('pending', 'trialing', 'active') AND s.end_on IS NULL
  AND NOT EXISTS (
    SELECT FROM billing.subscription_changes c
    WHERE c.subscription_id = s.id AND c.kind = 'plan' AND c.status = 'scheduled')
ORDER BY s.id LIMIT $3
"""


class RolloutRepository:
    """Reads the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due(self, now: datetime, after: UUID, limit: int) -> list[asyncpg.Record]:
        """Subscriptions on an older version than the one rolled out, after an id, by id."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_DUE, now, after, limit)
