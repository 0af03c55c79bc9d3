"""Erasing tenants, as jobs of the operator: a closed tenant has none that run."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.audit import record
from dotmac_core_ops.erasure import AuditHead
from dotmac_core_ops.files import file_store
from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.tenant_erasure.service import ERASE_JOB, ErasureOrder, erase_tenant


async def run_erasure(context: JobContext) -> None:
    """Erase the tenant that the payload names, and say so in the operator's audit log."""
    assert context.tenant_id is not None
    payload = context.payload
    order = ErasureOrder(
        UUID(payload["tenant_id"]), AuditHead(payload.get("block"), payload.get("hash"))
    )
    rows = await erase_tenant(context.database, file_store(), order)
    async with context.database.transaction(context.tenant_id) as session:
        await record(
            session,
            action="identity.tenant_erase",
            target=("tenant", order.tenant_id),
            after={"rows": sum(rows.values())},
        )


ERASE_TENANT = Job(ERASE_JOB, run_erasure, lease_seconds=1800)
"""When the operator orders it."""
