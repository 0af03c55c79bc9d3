"""Tidying up after sign-ins."""

from __future__ import annotations

from datetime import timedelta

from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.second_step.repository import SecondStepRepository

_KEPT = timedelta(days=1)


async def purge_second_steps(context: JobContext) -> None:
    """Remove challenges and remembered devices that expired more than a day ago."""
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await SecondStepRepository(session).delete_expired(context.clock.now() - _KEPT)


PURGE_SECOND_STEPS = Job(
    name="identity.purge_second_steps",
    run=purge_second_steps,
    schedule="42 3 * * *",
    is_upkeep=True,
)
"""Once a night, for each tenant."""
