"""Due dates are announced on their day."""

from __future__ import annotations

from dotmac_core_ops.module import Job, JobContext
from unison.due_notices.service import DueNoticeService


async def _announce(context: JobContext) -> None:
    assert context.tenant_id is not None  # a job per tenant
    async with context.database.transaction(context.tenant_id) as session:
        await DueNoticeService(session).announce()


ANNOUNCE_DUE_MAINTENANCE = Job("unison.announce_due_maintenance", _announce, schedule="33 * * * *")
"""Every hour, because the day of each tenant begins at an hour of its own."""
