"""The bill run outside a request: daily, and when somebody asks for it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.runs.service import BILL_RUN_JOB, run_billing
from dotmac_billing.settings.service import settings_of
from dotmac_core_ops.module import Job, JobContext


async def _bill(context: JobContext) -> None:
    """Bill as the payload says; without one everything due up to today in the tenant's zone."""
    assert context.tenant_id is not None  # it is enqueued for a tenant

    async def today(session: AsyncSession) -> date:
        return context.clock.today((await settings_of(session)).time_zone)

    asked = context.payload
    if "through" in asked:
        through, historical = date.fromisoformat(asked["through"]), asked.get("historical")
    else:
        # Nobody was there to look at older bills before they go out; but they are not history.
        through, historical = await context.database.run(context.tenant_id, today), False
    await run_billing(
        context.database,
        context.tenant_id,
        through,
        historical=historical,
        run_id=UUID(asked["run_id"]) if "run_id" in asked else None,
    )


bill_run = Job(BILL_RUN_JOB, _bill, schedule="0 3 * * *")
