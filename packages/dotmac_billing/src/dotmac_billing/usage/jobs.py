"""What is done for usage outside of requests."""

from __future__ import annotations

from dotmac_billing.usage.upkeep.service import forget_event_ids, keep_partitions
from dotmac_core_ops.module import Job, JobContext


async def _partitions(context: JobContext) -> None:
    await keep_partitions(context.database, context.clock.today())


async def _event_ids(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant
    await forget_event_ids(context.database, context.tenant_id)


usage_partitions = Job(
    "billing.usage_partitions", _partitions, schedule="40 1 * * *", per_tenant=False
)
usage_event_ids = Job("billing.usage_event_ids", _event_ids, schedule="50 1 * * *")
