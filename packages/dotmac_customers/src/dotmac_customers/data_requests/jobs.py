"""Requests are answered, their deadlines watched, old exports removed."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.module import Job, JobContext
from dotmac_customers.data_requests.service import FULFIL, DataRequestService


async def _fulfil(context: JobContext) -> None:
    assert context.tenant_id is not None
    # One transaction: a person is forgotten everywhere or nowhere.
    async with context.database.transaction(context.tenant_id) as session:
        await DataRequestService(session).fulfil(
            UUID(str(context.payload["request_id"])), context.modules
        )


async def _watch(context: JobContext) -> None:
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await DataRequestService(session).remind(context.modules)
        await DataRequestService(session).remove_old_exports()


FULFIL_DATA_REQUEST = Job(FULFIL, _fulfil, lease_seconds=1800)
"""Builds the export, or erases."""

WATCH_DATA_REQUESTS = Job("customers.watch_data_requests", _watch, schedule="30 5 * * *")
"""Reminds of deadlines seven and two days before and when past; removes old exports."""
