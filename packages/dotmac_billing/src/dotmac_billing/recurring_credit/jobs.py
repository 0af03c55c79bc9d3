"""What happens to credit as time passes."""

from __future__ import annotations

from dotmac_billing.recurring_credit.service import turn_wallets
from dotmac_core_ops.module import Job, JobContext


async def _turn(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant
    while await context.database.run(context.tenant_id, turn_wallets):
        await context.extend_lease()


# Every hour, because it becomes tomorrow in some zone every hour.
turn_credit = Job("billing.turn_wallets", _turn, schedule="7 * * * *")
