"""Late fees as days go by."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.late_fees.service import LateFeeService
from dotmac_core_ops.module import Job, JobContext


async def _charge(context: JobContext) -> None:
    """Charge what is overdue, two thousand invoices in a transaction."""
    assert context.tenant_id is not None  # it is enqueued for each tenant
    after: UUID | None = UUID(int=0)
    while after is not None:
        after = await context.database.run(context.tenant_id, partial(_some, after=after))
        await context.extend_lease()


async def _some(session: AsyncSession, *, after: UUID) -> UUID | None:
    return await LateFeeService(session).charge_overdue(after)


late_fees = Job("billing.late_fees", _charge, schedule="40 2 * * *")
