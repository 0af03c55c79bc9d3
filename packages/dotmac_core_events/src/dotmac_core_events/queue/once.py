"""Steps of a job that must not be repeated when the job is."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection, new_id
from dotmac_core_ops.module import JobContext

_FIRST_TIME = """
INSERT INTO events.deliveries (id, event_id, handler) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, event_id, handler) DO NOTHING RETURNING id
"""


async def first_time(session: AsyncSession, context: JobContext, step: str = "all") -> bool:
    """Whether this job has not committed `step` before; remembered in the session's transaction.

    A job is begun again when its worker is lost, even if that happened after its last commit.
    Effects that do not exclude repetition by themselves are guarded by this:

    ```python
    async with context.database.transaction(context.tenant_id) as session:
        if await first_time(session, context, "fees"):
            await charge_fees(session)
    ```
    """
    if context.job_id is None:
        return True  # run by hand, not from the queue
    connection = await driver_connection(session)
    row = await connection.fetchval(_FIRST_TIME, new_id(), context.job_id, f"job:{step}")
    return row is not None
