"""The jobs as the relay sees them: what is due of all tenants, and the ticks of schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection, new_id

# What a closed tenant has left waits until the tenant is opened again, or erased.
_CLAIM = """
WITH due AS (
  SELECT tenant_id, id FROM events.jobs
  WHERE state IN ('pending', 'running') AND run_at <= $1 AND name = ANY($3::text[])
    AND ($6::uuid IS NULL OR tenant_id = $6)
    AND NOT EXISTS (SELECT FROM core.tenants t WHERE t.id = jobs.tenant_id AND NOT t.is_active)
  ORDER BY priority, run_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
), lease AS (
  SELECT * FROM unnest($3::text[], $4::interval[]) AS given(name, duration)
)
UPDATE events.jobs j SET
  state = 'running', claim = $5, run_at = $1 + lease.duration, started_at = $1,
  losses = j.losses + (j.state = 'running')::int
FROM due, lease
WHERE j.tenant_id = due.tenant_id AND j.id = due.id AND lease.name = j.name
RETURNING j.tenant_id, j.id, j.name, j.payload::text AS payload, j.request_id, j.attempts, j.losses
"""
# Each of these changes nothing once another worker has taken the job over. The state is not asked
# for: that would invite PostgreSQL to look through all that is unfinished.
_EXTEND = """
UPDATE events.jobs SET run_at = $4
WHERE tenant_id = $1 AND id = $2 AND claim = $3
"""
_END = """
UPDATE events.jobs SET state = $4::text, claim = NULL, attempts = attempts + $5::int, run_at = $6,
  last_error = $7, finished_at = CASE WHEN $4::text IN ('done', 'dead') THEN $8::timestamptz END
WHERE tenant_id = $1 AND id = $2 AND claim = $3
"""
_TICKS = "SELECT job, last_tick_at FROM events.schedules WHERE job = ANY($1::text[])"
_FIRST_TICK = """
INSERT INTO events.schedules (job, last_tick_at)
SELECT * FROM unnest($1::text[], $2::timestamptz[]) ON CONFLICT (job) DO NOTHING
"""
# Of all workers that see a new tick, the row lock lets one through; it enqueues in the same breath.
_NEXT_TICK = """
UPDATE events.schedules SET last_tick_at = $2 WHERE job = $1 AND last_tick_at < $2 RETURNING job
"""
_ACTIVE = """
SELECT id FROM core.tenants WHERE is_active AND ($1 OR test_now IS NULL) ORDER BY id
"""
_ADD_EACH = """
INSERT INTO events.jobs (tenant_id, id, name, payload, key, enqueued_at)
SELECT given.tenant_id, given.id, $3, $4, $5, $6
FROM unnest($1::uuid[], $2::uuid[]) AS given(tenant_id, id)
ON CONFLICT (tenant_id, name, key) WHERE state IN ('pending', 'running') DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this worker has taken on."""

    claim: UUID
    tenant_id: UUID
    id: UUID
    name: str
    payload: Mapping[str, Any]
    request_id: str | None
    attempts: int
    losses: int


class JobRelay:
    """Takes due jobs and says what became of them; needs a session of role relay."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(
        self, leases: Mapping[str, timedelta], *, limit: int, now: datetime, tenant_id: UUID | None
    ) -> list[ClaimedJob]:
        """Take up to `limit` due jobs of these names, each for as long as its name's lease."""
        connection = await driver_connection(self._session)
        claim = new_id()
        rows = await connection.fetch(
            _CLAIM, now, limit, list(leases), list(leases.values()), claim, tenant_id
        )
        return [
            ClaimedJob(
                claim,
                row["tenant_id"],
                row["id"],
                row["name"],
                orjson.loads(row["payload"]),
                row["request_id"],
                row["attempts"],
                row["losses"],
            )
            for row in rows
        ]

    async def extend(self, job: ClaimedJob, until: datetime) -> bool:
        """Keep it until then; False when it is no longer this worker's."""
        return await self._update(_EXTEND, job, until)

    async def done(self, job: ClaimedJob, now: datetime) -> bool:
        """It succeeded."""
        return await self._update(_END, job, "done", 1, now, None, now)

    async def retry(self, job: ClaimedJob, error: str, at: datetime) -> bool:
        """It failed and is tried again."""
        return await self._update(_END, job, "pending", 1, at, error, None)

    async def give_up(self, job: ClaimedJob, error: str, now: datetime) -> bool:
        """It failed for the last time."""
        return await self._update(_END, job, "dead", 1, now, error, now)

    async def release(self, job: ClaimedJob, now: datetime) -> bool:
        """The worker stops before it is finished; whoever is free may take it at once."""
        return await self._update(_END, job, "pending", 0, now, None, None)

    async def _update(self, statement: str, job: ClaimedJob, *values: Any) -> bool:  # noqa: ANN401 - what the statement takes
        connection = await driver_connection(self._session)
        status = await connection.execute(statement, job.tenant_id, job.id, job.claim, *values)
        return status.endswith(" 1")


class ScheduleRelay:
    """Enqueues scheduled jobs, once per tick across all workers; needs a session of role relay."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def last_ticks(self, jobs: Sequence[str]) -> dict[str, datetime]:
        """The tick of each job for which it was enqueued last; without those never seen."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_TICKS, list(jobs))
        return {row["job"]: row["last_tick_at"] for row in rows}

    async def begin(self, ticks: Mapping[str, datetime]) -> None:
        """Note the present ticks of jobs that were never seen; they run from their next one."""
        connection = await driver_connection(self._session)
        await connection.execute(_FIRST_TICK, list(ticks), list(ticks.values()))

    async def advance(self, job: str, tick: datetime) -> bool:
        """Whether this worker is the one to enqueue `job` for that tick."""
        connection = await driver_connection(self._session)
        return await connection.fetchval(_NEXT_TICK, job, tick) is not None

    async def active_tenants(self, *, is_upkeep: bool) -> list[UUID]:
        """Every tenant whose scheduled jobs run: where time stands still, upkeep only."""
        connection = await driver_connection(self._session)
        return [row["id"] for row in await connection.fetch(_ACTIVE, is_upkeep)]

    async def enqueue(
        self,
        job: str,
        tenants: Sequence[UUID],
        payload: Mapping[str, Any],
        *,
        key: str,
        now: datetime,
    ) -> int:
        """One job for each of `tenants` that has none of this key unfinished; how many."""
        connection = await driver_connection(self._session)
        text = orjson.dumps(payload).decode()
        ids = [new_id() for _ in tenants]
        status = await connection.execute(_ADD_EACH, list(tenants), ids, job, text, key, now)
        return int(status.rsplit(" ", 1)[-1])
