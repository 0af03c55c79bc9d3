"""New versions of plans reach their subscribers."""

from __future__ import annotations

from dotmac_billing.rollouts.service import RolledOut, roll_out
from dotmac_core_ops.logging import get_logger
from dotmac_core_ops.module import Job, JobContext

_log = get_logger(__name__)


async def _roll_out(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant

    async def tell(done: RolledOut) -> None:
        await context.extend_lease()
        refused = len(done.refused)
        _log.info(
            "billing.plans_rolled_out", changed=done.changed, refused=refused, last_id=done.last_id
        )

    await roll_out(context.database, context.tenant_id, progress=tell)


roll_out_plans = Job("billing.roll_out_plans", _roll_out, schedule="23 * * * *")
