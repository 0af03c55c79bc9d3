"""What is found out about issued invoices as days go by."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.corrections.service import OVERDUE_BATCH, CorrectionService
from dotmac_core_ops.module import Job, JobContext


async def _announce_overdue(context: JobContext) -> None:
    """Announce invoices whose last day to pay has passed, a thousand in a transaction."""
    assert context.tenant_id is not None  # it is enqueued for each tenant

    async def announce(session: AsyncSession) -> int:
        return await CorrectionService(session).announce_overdue()

    while await context.database.run(context.tenant_id, announce) == OVERDUE_BATCH:
        await context.extend_lease()


overdue = Job("billing.overdue", _announce_overdue, schedule="20 * * * *")
