"""Removing jobs that are finished and old."""

from __future__ import annotations

from datetime import timedelta

from dotmac_core_events.queue.models import INSTALLATION
from dotmac_core_events.queue.repository import JobRepository
from dotmac_core_ops.module import Job, JobContext

KEEP_DAYS = 30
"""Finished jobs are kept this long, unless the job's payload says `keep_days`."""

KEEP_SCHEDULED_DAYS = 1
"""Those enqueued by a schedule come again and again, so they are kept this long."""

_CHUNK = 5000


async def remove_old_jobs(context: JobContext) -> None:
    """Remove the tenant's jobs done more than `keep_days` ago; those given up stay."""
    now = context.clock.now()
    before = now - timedelta(days=int(context.payload.get("keep_days", KEEP_DAYS)))
    scheduled_before = max(before, now - timedelta(days=KEEP_SCHEDULED_DAYS))
    while True:
        async with context.database.transaction(context.tenant_id or INSTALLATION) as session:
            removed = await JobRepository(session).remove_done(before, scheduled_before, _CHUNK)
        if removed < _CHUNK:
            return


retention = Job("events.remove_old_jobs", remove_old_jobs, schedule="47 2 * * *", is_upkeep=True)
installation_retention = Job(
    "events.remove_old_installation_jobs",
    remove_old_jobs,
    schedule="57 2 * * *",
    is_upkeep=True,
    per_tenant=False,
)
