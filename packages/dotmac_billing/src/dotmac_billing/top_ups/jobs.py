"""Topping up wallets whose day has come."""

from __future__ import annotations

from dotmac_billing.top_ups.service import top_up_wallets
from dotmac_core_ops.module import Job, JobContext


async def _top_up(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant
    while await context.database.run(context.tenant_id, top_up_wallets):
        await context.extend_lease()


# Every hour, because it becomes tomorrow in some zone every hour.
top_up = Job("billing.top_up_wallets", _top_up, schedule="12 * * * *")
