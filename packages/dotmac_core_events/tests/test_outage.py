from __future__ import annotations

import asyncio

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer, create_worker
from dotmac_core_ops.database import Database, tenant_of
from dotmac_core_ops.module import Module
from dotmac_core_ops.testing import Tenant
from packages.dotmac_core_events.tests.lighthouse import BellRung, ring


async def test_a_worker_outlives_its_connections(
    database: Database, database_url: str, tenant: Tenant
) -> None:
    heard: asyncio.Queue[int] = asyncio.Queue()

    @EventConsumer.handle("lighthouse.bell_rung")
    async def hear(event: BellRung, session: AsyncSession) -> None:
        if tenant_of(session) == tenant.id:
            heard.put_nowait(event.strokes)

    own = Database(database_url, application_name="outlives")
    worker = create_worker((Module("lighthouse", handlers=(hear,)),), own)
    running = asyncio.create_task(worker.run(handle_signals=False))
    await ring(database, tenant.id, 1)
    async with asyncio.timeout(30):
        before = await heard.get()

    owner = await asyncpg.connect(database_url)
    ended = await owner.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'outlives' AND datname = current_database()"
    )
    await owner.close()
    await ring(database, tenant.id, 2)
    async with asyncio.timeout(30):
        after = await heard.get()
    worker.stop()
    await running
    await own.close()

    assert len(ended) >= 2
    assert (before, after) == (1, 2)
