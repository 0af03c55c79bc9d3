"""Making exports."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.files import file_store
from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.tenant_exports.service import EXPORT_JOB, TenantExportService, make_export

_ATTEMPTS = 3


async def export_tenant(context: JobContext) -> None:
    """Make the export that the payload names; after the last attempt it counts as failed."""
    assert context.tenant_id is not None
    export_id = UUID(context.payload["export_id"])
    try:
        await make_export(context.database, file_store(), context.tenant_id, export_id)
    except Exception as error:
        if context.attempt >= _ATTEMPTS:
            async with context.database.transaction(context.tenant_id) as session:
                await TenantExportService.within(session).fail(export_id, type(error).__name__)
        raise


EXPORT_TENANT = Job(EXPORT_JOB, export_tenant, max_attempts=_ATTEMPTS, lease_seconds=1800)
"""When somebody asks for it."""
