from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from dotmac_core_events import enqueue
from dotmac_core_events.wakeup import CHANNEL, Alarm, Listener
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from packages.dotmac_core_events.tests.lighthouse import ring

LONG = 600.0


async def rung(alarm: Alarm) -> None:
    """Wait for the bell; without it, the test fails long before the alarm's own pause is over."""
    alarm._pause = LONG
    async with asyncio.timeout(20):
        await alarm.sleep()


@pytest.fixture
async def alarms(database: Database) -> AsyncIterator[dict[str, Alarm]]:
    alarms = {"outbox": Alarm(LONG), "jobs": Alarm(LONG)}
    listening = asyncio.create_task(Listener(database, alarms, reconnect_seconds=0.01).run())
    for alarm in alarms.values():
        await rung(alarm)  # once, as it has begun to listen
    yield alarms
    listening.cancel()
    await asyncio.wait([listening])


async def test_an_event_wakes_who_delivers_and_a_job_who_runs_it(
    database: Database, tenant: Tenant, alarms: dict[str, Alarm]
) -> None:
    await ring(database, tenant.id, 1)
    await rung(alarms["outbox"])

    async with database.transaction(tenant.id) as session:
        await enqueue(session, "lighthouse.clean")
    await rung(alarms["jobs"])

    assert not alarms["outbox"]._rung.is_set()


async def test_a_lost_connection_is_made_anew(
    database: Database, database_url: str, tenant: Tenant, alarms: dict[str, Alarm]
) -> None:
    owner = await asyncpg.connect(database_url)
    ended = await owner.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    )
    await owner.close()
    for alarm in alarms.values():
        await rung(alarm)

    await ring(database, tenant.id, 1)
    await rung(alarms["outbox"])

    assert len(ended) == 1


async def test_writers_at_the_same_time_ring_once(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    # Each that rings takes a lock of the whole server to commit.
    heard: list[object] = []
    connection = await database.connect_raw()
    await connection.add_listener(CHANNEL, lambda *said: heard.append(said[-1]))

    async with database.transaction(tenant.id) as session:
        await enqueue(session, "lighthouse.clean")
        async with database.transaction(second_tenant.id) as other:
            await enqueue(other, "lighthouse.clean")
        await connection.fetchval("SELECT 1")
        assert heard == []
    await connection.fetchval("SELECT 1")
    await connection.close()

    assert heard == ["jobs"]


async def test_pauses_grow_until_something_is_found() -> None:
    alarm = Alarm(longest=0.15)
    pauses = []
    for _ in range(3):
        pauses.append(alarm._pause)
        await alarm.sleep()

    alarm.found()

    assert pauses == [0.05, 0.1, 0.15]
    assert alarm._pause == 0.05
