"""Ending verifications that nobody answered."""

from __future__ import annotations

from dotmac_core_ops.database import clock_of
from dotmac_core_ops.module import Job, JobContext
from dotmac_customers.verification.repository import VerificationRepository


async def expire_verifications(context: JobContext) -> None:
    """End what was not verified in time, and forget its code and its link.

    Neither is taken after its time in any case; this is so that the table says so.
    """
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await VerificationRepository(session).expire(clock_of(session).now())


expiry = Job(
    "customers.expire_verifications", expire_verifications, schedule="42 * * * *", is_upkeep=True
)
