"""What happens to subscriptions as time passes."""

from __future__ import annotations

from dotmac_billing.subscriptions.service import roll_subscriptions
from dotmac_core_ops.module import Job, JobContext


async def _roll(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant
    await context.database.run(context.tenant_id, roll_subscriptions)


# Every hour, because it becomes tomorrow in some zone every hour.
roll = Job("billing.roll_subscriptions", _roll, schedule="2 * * * *")
