"""The sealing job."""

from __future__ import annotations

from dotmac_core_ops.audit.sealing import ROWS_PER_RUN, seal
from dotmac_core_ops.module import Job, JobContext


async def _seal_audit(context: JobContext) -> None:
    assert context.tenant_id is not None
    while True:
        async with context.database.transaction(context.tenant_id) as session:
            sealed = await seal(session)
        if sealed < ROWS_PER_RUN:
            return
        await context.extend_lease()


seal_audit = Job(name="core.seal_audit", run=_seal_audit, schedule="* * * * *", is_upkeep=True)
"""Seals each tenant's new audit entries, every minute."""
