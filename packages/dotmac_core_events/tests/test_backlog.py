from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
import pytest

from dotmac_core_events import create_worker
from dotmac_core_events.delivery.repository import _CLAIM, _FINISH
from dotmac_core_events.queue.relay import ScheduleRelay
from dotmac_core_ops.database import Database, driver_connection, new_id
from dotmac_core_ops.module import Module
from dotmac_core_ops.testing import Tenant
from packages.dotmac_core_events.tests.lighthouse import ring
from packages.dotmac_core_events.tests.test_delivery import count

BACKLOG = 3000


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


async def rows_read(connection: asyncpg.Connection, statement: str, *values: object) -> int:
    """How many rows of tables the statement reads."""
    explained = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *values)
    [plan] = explained if isinstance(explained, list) else orjson.loads(explained)
    return sum(
        node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
        for node in nodes(plan["Plan"])
        if "Relation Name" in node and "Scan" in node["Node Type"]
    )


async def test_taking_a_batch_reads_no_more_than_the_batch(
    database: Database, tenant: Tenant
) -> None:
    await create_worker((), database).drain()
    await ring(database, tenant.id, *range(BACKLOG))
    now = database.clock.now()
    until = now + timedelta(minutes=1)

    async with database.relay() as session:
        connection = await driver_connection(session)
        claimed = await rows_read(
            connection, _CLAIM, now, 100, ["lighthouse.bell_rung"], new_id(), until, None
        )
        ids = await connection.fetch("SELECT id FROM events.outbox WHERE claim IS NOT NULL")
        keys = [tenant.id] * 100, [row["id"] for row in ids][:100]
        finished = await rows_read(connection, _FINISH, *keys)

    # Once to find and lock them, once to change them.
    assert claimed == 200
    assert finished == 100


def overheard(spied: Callable[..., Awaitable[object]], said: list[str]) -> Any:  # noqa: ANN401 - a method
    """`spied`, noting each statement that it is given."""

    async def spy(self: object, query: str, *rest: object) -> object:
        said.append(query)
        return await spied(self, query, *rest)

    return spy


async def test_what_the_relay_does_is_one_transaction(database: Database) -> None:
    job = f"lighthouse.{new_id()}"

    async def advance_and_fail() -> None:
        async with database.relay() as session:
            await ScheduleRelay(session).begin({job: database.clock.now()})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await advance_and_fail()

    async with database.relay() as session:
        assert await ScheduleRelay(session).last_ticks([job]) == {}


async def test_a_batch_takes_as_many_statements_as_a_single_event(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    for name in ("execute", "fetch", "fetchval"):
        spied = getattr(asyncpg.Connection, name)

        monkeypatch.setattr(asyncpg.Connection, name, overheard(spied, said))
    worker = create_worker((Module("lighthouse", handlers=(count,)),), database)
    counts = []
    for size in (1, 400):
        await ring(database, tenant.id, *range(size))
        said.clear()
        await worker.drain(tenant.id)
        counts.append(len(said))

    assert counts[0] == counts[1] < 20
