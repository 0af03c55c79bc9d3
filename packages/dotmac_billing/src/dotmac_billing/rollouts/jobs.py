"""New versions of plans reach their subscribers."""

from __future__ import annotations

from dotmac_billing.rollouts.service import roll_out
from dotmac_core_ops.module import Job, JobContext


async def _roll_out(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant
    await roll_out(context.database, context.tenant_id)


roll_out_plans = Job("billing.roll_out_plans", _roll_out, schedule="23 * * * *")
