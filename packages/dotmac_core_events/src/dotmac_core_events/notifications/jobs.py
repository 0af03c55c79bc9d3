"""Delivering messages, and removing old ones."""

from __future__ import annotations

from datetime import timedelta

from dotmac_core_events.notifications.adapters.configured import deliveries
from dotmac_core_events.notifications.deliverer import MessageDeliverer
from dotmac_core_events.notifications.repository import MessageRepository
from dotmac_core_events.notifications.service import DELIVER
from dotmac_core_ops.module import Job, JobContext

KEEP_DAYS = 400
"""Messages are kept this long, unless the job's payload says `keep_days`."""

_CHUNK = 5000


async def deliver_messages(context: JobContext) -> None:
    """Send the tenant's messages that are due."""
    assert context.tenant_id is not None
    await MessageDeliverer(context.database, deliveries()).deliver_due(context.tenant_id)


async def remove_old_messages(context: JobContext) -> None:
    """Remove the tenant's messages that were made more than `keep_days` ago."""
    assert context.tenant_id is not None
    keep = timedelta(days=int(context.payload.get("keep_days", KEEP_DAYS)))
    before = context.clock.now() - keep
    while True:
        async with context.database.transaction(context.tenant_id) as session:
            if await MessageRepository(session).remove_old(before, _CHUNK) < _CHUNK:
                return


# Each message brings a run of its own about. The schedule is for what is left when a worker, or its
# run, was lost.
delivery = Job(DELIVER, deliver_messages, schedule="7,22,37,52 * * * *", is_upkeep=True)
retention = Job(
    "events.remove_old_messages", remove_old_messages, schedule="27 2 * * *", is_upkeep=True
)
