"""Every query on the tenant's own jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.queue.models import SCHEDULE_KEY, JobState, QueuedJob
from dotmac_core_ops.database import driver_connection

_ADD = """
INSERT INTO events.jobs (id, name, payload, key, priority, request_id, enqueued_at, run_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, COALESCE($8, 'epoch'::timestamptz))
ON CONFLICT (tenant_id, name, key) WHERE state IN ('pending', 'running') DO NOTHING
RETURNING id
"""
_UNFINISHED = """
SELECT id FROM events.jobs WHERE name = $1 AND key = $2 AND state IN ('pending', 'running')
"""
_RETRY = """
UPDATE events.jobs SET state = 'pending', attempts = 0, losses = 0, run_at = 'epoch',
  finished_at = NULL
WHERE id = $1 AND state = 'dead' RETURNING id
"""
# What `first_time` noted goes with the job that it was noted for.
_REMOVE_DONE = """
WITH gone AS (
  DELETE FROM events.jobs WHERE id IN (
    SELECT id FROM events.jobs WHERE state = 'done'
      AND finished_at < CASE WHEN key = $2 THEN $3::timestamptz ELSE $1::timestamptz END
    LIMIT $4)
  RETURNING id
), forgotten AS (
  DELETE FROM events.deliveries d USING gone WHERE d.event_id = gone.id
)
SELECT count(*) FROM gone
"""


class JobRepository:
    """The jobs of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        job_id: UUID,
        name: str,
        payload: Any,  # noqa: ANN401 - any JSON value
        *,
        key: str | None,
        priority: int,
        request_id: str | None,
        enqueued_at: datetime,
        run_at: datetime | None,
    ) -> UUID | None:
        """The new row's id; None when an unfinished job has the key."""
        connection = await driver_connection(self._session)
        text = orjson.dumps(payload, default=str).decode()
        added: UUID | None = await connection.fetchval(
            _ADD, job_id, name, text, key, priority, request_id, enqueued_at, run_at
        )
        return added

    async def unfinished(self, name: str, key: str) -> UUID | None:
        """The job of that name and key that is pending or running."""
        connection = await driver_connection(self._session)
        found: UUID | None = await connection.fetchval(_UNFINISHED, name, key)
        return found

    async def get(self, job_id: UUID) -> QueuedJob | None:
        """The job of that id."""
        found = await self._session.scalars(sa.select(QueuedJob).where(QueuedJob.id == job_id))
        return found.one_or_none()

    async def page(
        self, *, state: JobState | None, name: str | None, offset: int, limit: int
    ) -> tuple[Sequence[QueuedJob], int]:
        """Jobs that match, newest first, and how many match in all."""
        matching: list[sa.ColumnElement[bool]] = []
        if state is not None:
            matching.append(QueuedJob.state == state)
        if name is not None:
            matching.append(QueuedJob.name == name)
        query = sa.select(QueuedJob).where(*matching).order_by(QueuedJob.id.desc())
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        counted = sa.select(sa.func.count()).select_from(QueuedJob).where(*matching)
        return rows, (await self._session.execute(counted)).scalar_one()

    async def revive(self, job_id: UUID) -> bool:
        """Make it due at once, with all its attempts; False when it is not dead."""
        connection = await driver_connection(self._session)
        if await connection.fetchval(_RETRY, job_id) is None:
            return False
        # The trigger rings for new rows only.
        await connection.execute("SELECT pg_notify('dotmac_events', 'jobs')")
        return True

    async def remove_done(self, before: datetime, scheduled_before: datetime, limit: int) -> int:
        """Remove up to `limit` jobs done before that, scheduled ones before the other; how many."""
        connection = await driver_connection(self._session)
        removed = await connection.fetchval(
            _REMOVE_DONE, before, SCHEDULE_KEY, scheduled_before, limit
        )
        return int(removed or 0)
