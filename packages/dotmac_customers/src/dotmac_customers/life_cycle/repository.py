"""Every query that reads how customers come, stay and go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.profiles.models import StateChange

_STATES = "SELECT state, count(*) AS customers FROM customers.customers GROUP BY state"
_MOVES = """
SELECT from_state, to_state, reason, count(*) AS customers
FROM customers.state_changes WHERE at >= $1 AND at < $2
GROUP BY from_state, to_state, reason ORDER BY count(*) DESC, from_state, to_state, reason
"""
# A row knows how long the customer had been away: it says since when it was in the state it left.
_WON_BACK = """
SELECT count(*) FILTER (WHERE h.to_state = 'churned') AS churned,
       count(*) FILTER (WHERE h.from_state = 'churned') AS won_back,
       count(*) FILTER (WHERE h.from_state = 'churned' AND c.state <> 'churned') AS stayed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM h.at - h.since_at) / 86400)
         FILTER (WHERE h.from_state = 'churned') AS median_days_away
FROM customers.state_changes h JOIN customers.customers c ON c.id = h.customer_id
WHERE h.at >= $1 AND h.at < $2 AND h.reason NOT IN ('mistake', 'duplicate')
"""


class LifeCycleRepository:
    """Moves of the session's tenant's customers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def changes_of(
        self, customer_id: UUID, *, offset: int, limit: int
    ) -> tuple[Sequence[StateChange], int]:
        """A page of the customer's moves, the latest first, and how many there are."""
        of_customer = StateChange.customer_id == customer_id
        total = await self._session.scalar(sa.select(sa.func.count()).where(of_customer))
        query = sa.select(StateChange).where(of_customer).order_by(StateChange.id.desc())
        found = await self._session.scalars(query.offset(offset).limit(limit))
        return found.all(), total or 0

    async def states(self) -> list[asyncpg.Record]:
        """How many customers are in each state now."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_STATES)

    async def moves(self, start: datetime, end: datetime) -> list[asyncpg.Record]:
        """How many moved from where to where and why, from `start` to before `end`."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_MOVES, start, end)

    async def won_back(self, start: datetime, end: datetime) -> asyncpg.Record:
        """Who left and who came back in that time, mistakes and duplicates left out."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(_WON_BACK, start, end)
        assert row is not None  # an aggregate has a row of nothing too
        return row
