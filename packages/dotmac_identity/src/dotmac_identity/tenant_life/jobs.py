"""What happens to tenants as days pass."""

from __future__ import annotations

from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.tenant_life.service import TenantLifeService


async def pass_tenant_time(context: JobContext) -> None:
    """End a trial, or the time in which a tenant without a plan could still be read."""
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await TenantLifeService.within(session).pass_time()


PASS_TENANT_TIME = Job(name="identity.pass_tenant_time", run=pass_tenant_time, schedule="9 0 * * *")
"""Once a day, soon after midnight UTC, for each tenant."""
