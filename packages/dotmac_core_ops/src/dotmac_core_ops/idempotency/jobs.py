"""The expiry of keys."""

from __future__ import annotations

from dotmac_core_ops.idempotency.keys import expire
from dotmac_core_ops.module import Job, JobContext

_CHUNK = 10_000


async def _expire_keys(context: JobContext) -> None:
    assert context.tenant_id is not None
    while True:
        async with context.database.transaction(context.tenant_id) as session:
            expired = await expire(session, limit=_CHUNK)
        if expired < _CHUNK:
            return
        await context.extend_lease()


expire_keys = Job(
    name="core.expire_idempotency_keys", run=_expire_keys, schedule="17 * * * *", is_upkeep=True
)
"""Removes each tenant's keys that are older than a day, every hour."""
