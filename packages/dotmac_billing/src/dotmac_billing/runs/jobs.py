"""The bill run outside a request: daily, and when somebody asks for it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_billing.runs.service import BILL_RUN_JOB, run_billing
from dotmac_core_ops.module import Job, JobContext


async def _bill(context: JobContext) -> None:
    """Bill as the payload says; without one everything that is due today where its subscriber is.

    Nobody was there to look at older bills before they go out; but they are not history.
    """
    assert context.tenant_id is not None  # it is enqueued for a tenant

    asked = context.payload
    is_told = "through" in asked
    await run_billing(
        context.database,
        context.tenant_id,
        date.fromisoformat(asked["through"]) if is_told else None,
        historical=asked.get("historical") if is_told else False,
        run_id=UUID(asked["run_id"]) if "run_id" in asked else None,
    )


bill_run = Job(BILL_RUN_JOB, _bill, schedule="0 3 * * *")
