"""Rules that look at the calendar decide anew every night."""

from __future__ import annotations

from dotmac_core_ops.module import Job, JobContext
from dotmac_customers.tags.service import TagService


async def _keep(context: JobContext) -> None:
    assert context.tenant_id is not None  # a job per tenant
    async with context.database.transaction(context.tenant_id) as session:
        await TagService.within(session).keep_all()


KEEP_TAGS = Job("customers.keep_tags", _keep, schedule="20 2 * * *")
"""`{"days_ago": 90}` means another day each day, without anybody changing a customer."""
