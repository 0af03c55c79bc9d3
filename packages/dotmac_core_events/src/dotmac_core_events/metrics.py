"""Figures about the outbox and the jobs, taken when they are asked for."""

from __future__ import annotations

from prometheus_client import Gauge

from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.metrics import REGISTRY, outbox_events, outbox_lag

jobs_queued = Gauge(
    "jobs_queued", "Jobs by state (pending, running, dead)", ["state"], registry=REGISTRY
)

# Counting stops at a hundred thousand: by then the figure has told what it can.
_EVENTS = """
SELECT
  (SELECT count(*) FROM (
     SELECT 1 FROM events.outbox WHERE state = 'pending' LIMIT 100000) p) AS pending,
  (SELECT count(*) FROM (SELECT 1 FROM events.outbox WHERE state = 'dead' LIMIT 100000) d) AS dead,
  (SELECT min(occurred_at) FROM (
     SELECT occurred_at FROM events.outbox WHERE state = 'pending'
     ORDER BY next_attempt_at, id LIMIT 1000) o) AS oldest
"""
_JOBS = """
SELECT state, count(*) AS jobs FROM (
  SELECT state FROM events.jobs WHERE state IN ('pending', 'running') LIMIT 100000) j
GROUP BY state
UNION ALL
SELECT 'dead', count(*) FROM (SELECT 1 FROM events.jobs WHERE state = 'dead' LIMIT 100000) d
"""


async def refresh(database: Database) -> None:
    """Set the gauges to what they are at this moment."""
    async with database.relay() as session:
        connection = await driver_connection(session)
        events = await connection.fetchrow(_EVENTS)
        jobs = {row["state"]: row["jobs"] for row in await connection.fetch(_JOBS)}
    assert events is not None
    for state in ("pending", "dead"):
        outbox_events.labels(state).set(events[state])
    waited = database.clock.now() - events["oldest"] if events["oldest"] else None
    outbox_lag.set(max(waited.total_seconds(), 0) if waited else 0)
    for state in ("pending", "running", "dead"):
        jobs_queued.labels(state).set(jobs.get(state, 0))
