"""What happens when the time of an approval is up."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_events.approvals.service import EXPIRE, announce_expiry
from dotmac_core_ops.module import Job, JobContext


async def expire_approval(context: JobContext) -> None:
    """Tell that nobody can use the approval any more, unless it was used or rejected."""
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await announce_expiry(session, UUID(context.payload["approval_id"]))


EXPIRE_APPROVAL = Job(EXPIRE, expire_approval)
"""At the end of each approval's time; what counts is decided by its `expires_at` alone."""
