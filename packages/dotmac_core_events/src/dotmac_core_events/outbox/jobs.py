"""Removing events that are delivered and old."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dotmac_core_events.outbox.repository import OutboxRepository
from dotmac_core_ops.module import Job, JobContext

KEEP_DAYS = 30
"""Delivered events are kept this long, unless the job's payload says `keep_days`."""

_PAGE = 5000
_FIRST = UUID(int=0)


async def remove_old_events(context: JobContext) -> None:
    """Remove the tenant's delivered events older than `keep_days`, with their deliveries.

    Pending and dead ones stay. A page is a transaction, so that no writer waits.
    """
    assert context.tenant_id is not None
    keep = timedelta(days=int(context.payload.get("keep_days", KEEP_DAYS)))
    before = context.clock.now() - keep
    after = _FIRST
    while True:
        async with context.database.transaction(context.tenant_id) as session:
            page = await OutboxRepository(session).remove_delivered(after, before, _PAGE)
        if page.last_id is None or not page.has_old:
            return
        after = page.last_id


retention = Job(
    "events.remove_old_events", remove_old_events, schedule="17 2 * * *", is_upkeep=True
)
