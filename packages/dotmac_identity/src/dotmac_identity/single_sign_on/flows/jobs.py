"""Forgetting sign-ins that are over."""

from __future__ import annotations

from datetime import timedelta

from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.single_sign_on.flows.repository import FlowRepository

_KEPT = timedelta(days=1)


async def purge_sign_in_flows(context: JobContext) -> None:
    """Remove sign-ins at a provider that ended more than a day ago."""
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await FlowRepository(session).delete_expired(context.clock.now() - _KEPT)


PURGE_SIGN_IN_FLOWS = Job(
    name="identity.purge_sign_in_flows",
    run=purge_sign_in_flows,
    schedule="52 3 * * *",
    is_upkeep=True,
)
"""Once a night, for each tenant."""
