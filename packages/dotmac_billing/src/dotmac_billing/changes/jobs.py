"""What becomes of scheduled changes as time passes."""

from __future__ import annotations

from dotmac_billing.changes.service import apply_due
from dotmac_core_ops.module import Job, JobContext


async def _apply(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant
    while await context.database.run(context.tenant_id, apply_due):
        await context.extend_lease()


# Every hour, because it becomes tomorrow in some zone every hour.
apply_changes = Job("billing.apply_subscription_changes", _apply, schedule="1 * * * *")
