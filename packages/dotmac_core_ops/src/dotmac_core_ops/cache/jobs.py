"""Removing what has expired."""

from __future__ import annotations

import sqlalchemy as sa

from dotmac_core_ops.module import Job, JobContext


async def _purge_cache(context: JobContext) -> None:
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await session.execute(
            sa.text("DELETE FROM core.cache WHERE expires_at <= :now"), {"now": context.clock.now()}
        )


purge_cache = Job(
    name="core.purge_cache", run=_purge_cache, schedule="*/15 * * * *", is_upkeep=True
)
"""Removes each tenant's expired results from PostgreSQL; Redis does it by itself."""
