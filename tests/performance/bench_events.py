"""events: 100,000 events delivered by a worker whose handler does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event, EventConsumer, EventPublisher, WorkerOptions, create_worker
from dotmac_core_ops.database import Database, driver_connection, new_id
from dotmac_core_ops.module import Handler, Module
from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.rows import Row, at_least, measured, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import new_tenant

EVENTS = 100_000
TARGET = 5_000

_WAYS = {"events": "to a handler of one event", "batches": "to a handler of batches"}

_FOUND = """
SELECT (SELECT count(*) FROM events.outbox WHERE name = $1 AND state = 'delivered'),
       (SELECT count(*) FROM events.deliveries)
"""


class ThingHappened(Event):
    """An event of about the size of an issued invoice."""

    name: ClassVar[str] = "bench.thing_happened"

    thing_id: UUID
    number: str
    amount: str
    currency: str = "EUR"


@EventConsumer.handle("bench.thing_happened", name="bench.batch", batch=True)
async def all_at_once(events: Sequence[ThingHappened]) -> None:
    """Nothing, for each batch."""


@EventConsumer.handle("bench.thing_happened", name="bench.single")
async def one_by_one(event: ThingHappened) -> None:
    """Nothing, for each event."""


async def bench(stage: Stage) -> list[Row]:
    """Delivery to a handler of single events, to one of batches, and the bare statements."""
    count = stage.full(EVENTS, 2_000)
    floor = count / (await alone(_floor, stage, count)).seconds
    rows = []
    for name, way in _WAYS.items():
        work = f"delivered, {way}"
        row = measured(name, work, "events", count, [await alone(_deliver, stage, name, count)])
        assert row.rate is not None
        row = replace(row, floor=floor, ratio=f"{row.rate / floor:.2f} of the floor")
        rows.append(row.aimed(at_least(row.rate, TARGET)))
    return rows


async def _announce(database: Database, tenant_id: UUID, count: int) -> None:
    for start in range(0, count, 10_000):
        async with database.transaction(tenant_id) as session:
            await EventPublisher(session).publish_many(
                ThingHappened(thing_id=new_id(), number=f"INV-{n:07}", amount="79.99")
                for n in range(start, min(start + 10_000, count))
            )


async def _deliver(stage: Stage, name: str, count: int) -> Usage:
    handlers: dict[str, Handler] = {"events": one_by_one, "batches": all_at_once}
    async with stage.database() as database:
        tenant_id = await new_tenant(database, "events")
        modules = (Module("bench", handlers=(handlers[name],)),)
        worker = create_worker(modules, database)
        await worker.drain(tenant_id)  # the facts of the tenant's making
        await _announce(database, tenant_id, count)
        await stage.settle()
        with stage.usage() as used:
            drained = await worker.drain(tenant_id)
    found = await stage.found(tenant_id, _FOUND, ThingHappened.name)
    require("events drained", (drained.events, drained.failed_events), (count, 0))
    require("events delivered, deliveries", found, (count, count))
    return used


async def _floor(stage: Stage, count: int) -> Usage:
    """In plain SQL what delivery does at least: take a batch, note who has it, mark it."""
    batch = WorkerOptions().batch
    async with stage.database() as database:
        tenant_id = await new_tenant(database, "floor")
        await create_worker((), database).drain(tenant_id)
        await _announce(database, tenant_id, count)
        await stage.settle()
        with stage.usage() as used:
            for _ in range(0, count, batch):
                await _take_note_mark(database, tenant_id, batch)
    found = await stage.found(tenant_id, _FOUND, ThingHappened.name)
    require("events and deliveries of the floor", found, (count, count))
    return used


async def _take_note_mark(database: Database, tenant_id: UUID, batch: int) -> None:
    async with database.relay() as session:
        connection = await driver_connection(session)
        rows = await connection.fetch(
            "UPDATE events.outbox SET next_attempt_at = 'infinity' WHERE (tenant_id, id) IN ("
            "SELECT tenant_id, id FROM events.outbox WHERE state = 'pending' "
            "AND next_attempt_at < now() AND tenant_id = $1 ORDER BY next_attempt_at, id "
            "LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id, payload::text",
            tenant_id,
            batch,
        )
    ids = [row["id"] for row in rows]
    async with database.transaction(tenant_id) as session:
        connection = await driver_connection(session)
        await connection.execute(
            "INSERT INTO events.deliveries (id, event_id, handler) "
            "SELECT id, id, 'floor' FROM unnest($1::uuid[]) AS given(id)",
            ids,
        )
    async with database.relay() as session:
        connection = await driver_connection(session)
        await connection.execute(
            "UPDATE events.outbox SET state = 'delivered' "
            "WHERE tenant_id = $1 AND id = ANY($2::uuid[])",
            tenant_id,
            ids,
        )
