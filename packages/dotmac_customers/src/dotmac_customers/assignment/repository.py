"""Every query about who looks after whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.filters.repository import Parameters, where_target
from dotmac_customers.filters.target import Target
from dotmac_customers.profiles.rows import EVENT_COLUMNS

# The parts put together here are constants of this file; values travel as parameters.
_ASSIGN = """
WITH wanted AS (
  SELECT c.id FROM customers.customers c
  WHERE {where} AND c.assignee_id IS DISTINCT FROM {user}::uuid
  ORDER BY c.id FOR NO KEY UPDATE OF c
)
UPDATE customers.customers c
SET assignee_id = {user}::uuid, version = version + 1, updated_at = {now}
FROM wanted WHERE wanted.id = c.id RETURNING {columns}
"""
_LOADS = """
SELECT assignee_id AS user_id, count(*) AS customers,
       count(*) FILTER (WHERE state = 'active') AS active
FROM customers.customers WHERE assignee_id IS NOT NULL GROUP BY assignee_id
ORDER BY count(*) DESC, assignee_id
"""


class AssignmentRepository:
    """Assignments of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def assign(
        self, target: Target, user_id: UUID | None, now: datetime
    ) -> list[asyncpg.Record]:
        """Give customers to a user, or to nobody; those that changed, for `stored_event`."""
        parameters = Parameters()
        statement = _ASSIGN.format(
            user=parameters.place(user_id),
            now=parameters.place(now),
            where=where_target(target, parameters),
            columns=EVENT_COLUMNS,
        )
        connection = await driver_connection(self._session)
        return await connection.fetch(statement, *parameters.values)

    async def loads(self) -> list[asyncpg.Record]:
        """How many customers each user looks after, the busiest first."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_LOADS)
