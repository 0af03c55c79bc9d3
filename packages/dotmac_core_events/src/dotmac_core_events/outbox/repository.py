"""Every query on the tenant's own outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.outbox.models import EventState, OutboxEvent
from dotmac_core_ops.database import driver_connection

_REPLAY = """
UPDATE events.outbox SET state = 'pending', attempts = 0, losses = 0, next_attempt_at = 'epoch'
WHERE state = 'dead' AND id = ANY($1::uuid[]) RETURNING id
"""
_DROP = """
WITH gone AS (
  DELETE FROM events.outbox WHERE state = 'dead' AND id = ANY($1::uuid[]) RETURNING id
), forgotten AS (
  DELETE FROM events.deliveries d USING gone WHERE d.event_id = gone.id
)
SELECT id FROM gone
"""
# Old events stand together at the start of the key, so a page holds many of them.
_REMOVE_PAGE = """
WITH page AS (
  SELECT id, state, occurred_at FROM events.outbox
  WHERE id > $1 ORDER BY id LIMIT $3
), gone AS (
  DELETE FROM events.outbox o USING page
  WHERE o.id = page.id AND page.state = 'delivered' AND page.occurred_at < $2 RETURNING o.id
), forgotten AS (
  DELETE FROM events.deliveries d USING gone WHERE d.event_id = gone.id
)
SELECT (SELECT count(*) FROM gone) AS removed,
  (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last_id,
  COALESCE((SELECT bool_or(occurred_at < $2) FROM page), false) AS has_old
"""


@dataclass(frozen=True)
class RemovedPage:
    """What one step of removing old events did, and whether there is more to look at."""

    removed: int
    last_id: UUID | None
    has_old: bool


class OutboxRepository:
    """The events of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, event_id: UUID) -> OutboxEvent | None:
        """The event of that id."""
        found = await self._session.scalars(
            sa.select(OutboxEvent).where(OutboxEvent.id == event_id)
        )
        return found.one_or_none()

    async def after(
        self, event_id: UUID | None, limit: int, state: EventState | None = None
    ) -> Sequence[OutboxEvent]:
        """The events that follow `event_id` (None: from the first), oldest first."""
        query = sa.select(OutboxEvent).order_by(OutboxEvent.id).limit(limit)
        if event_id is not None:
            query = query.where(OutboxEvent.id > event_id)
        if state is not None:
            query = query.where(OutboxEvent.state == state)
        return (await self._session.scalars(query)).all()

    async def latest(self, limit: int) -> Sequence[OutboxEvent]:
        """The last `limit` events, oldest first."""
        query = sa.select(OutboxEvent).order_by(OutboxEvent.id.desc()).limit(limit)
        return list(reversed((await self._session.scalars(query)).all()))

    async def page(
        self, *, state: EventState | None, name: str | None, offset: int, limit: int
    ) -> tuple[Sequence[OutboxEvent], int]:
        """Events that match, newest first, and how many match in all."""
        matching: list[sa.ColumnElement[bool]] = []
        if state is not None:
            matching.append(OutboxEvent.state == state)
        if name is not None:
            matching.append(OutboxEvent.name == name)
        query = sa.select(OutboxEvent).where(*matching).order_by(OutboxEvent.id.desc())
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        counted = sa.select(sa.func.count()).select_from(OutboxEvent).where(*matching)
        return rows, (await self._session.execute(counted)).scalar_one()

    async def dead_ids(self) -> list[UUID]:
        """All whose delivery was given up, oldest first."""
        query = (
            sa.select(OutboxEvent.id)
            .where(OutboxEvent.state == EventState.DEAD)
            .order_by(OutboxEvent.id)
        )
        return list(await self._session.scalars(query))

    async def revive(self, event_ids: Sequence[UUID]) -> set[UUID]:
        """Make those that are dead due at once, with all their attempts; which they were."""
        revived = await self._changed(_REPLAY, list(event_ids))
        if revived:
            # The trigger rings for new rows only.
            await self._session.execute(sa.text("SELECT pg_notify('dotmac_events', 'outbox')"))
        return revived

    async def remove_dead(self, event_ids: Sequence[UUID]) -> set[UUID]:
        """Remove those of them that are dead; which they were."""
        return await self._changed(_DROP, list(event_ids))

    async def remove_delivered(self, after: UUID, before: datetime, page_size: int) -> RemovedPage:
        """Of the `page_size` events that follow `after`, remove those delivered and older."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(_REMOVE_PAGE, after, before, page_size)
        assert row is not None
        return RemovedPage(row["removed"], row["last_id"], row["has_old"])

    async def _changed(self, statement: str, *values: Any) -> set[UUID]:  # noqa: ANN401 - what the statement takes
        connection = await driver_connection(self._session)
        return {row["id"] for row in await connection.fetch(statement, *values)}
