"""How fast events are announced and delivered, beside the bare statements that it takes.

The floor does in plain SQL what delivery must do at least: take a batch, note who has it, mark it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from dotmac_core_events import Event, EventConsumer, EventPublisher, WorkerOptions, create_worker
from dotmac_core_ops.database import Database, driver_connection, new_id
from dotmac_core_ops.module import Handler, Module
from dotmac_core_ops.tenants import register_tenant

BATCH = 500


class ThingHappened(Event):
    """An event of about the size of an issued invoice."""

    name: ClassVar[str] = "bench.thing_happened"

    thing_id: UUID
    number: str
    amount: str
    currency: str = "EUR"


@EventConsumer.handle("bench.thing_happened", name="bench.single")
async def one_by_one(event: ThingHappened) -> None:
    """Nothing, for each event."""


@EventConsumer.handle("bench.thing_happened", name="bench.batch", batch=True)
async def all_at_once(events: Sequence[ThingHappened]) -> None:
    """Nothing, for each batch."""


@dataclass(frozen=True)
class Result:
    """Rates in events a second, and the share of the floor that delivery reaches."""

    count: int
    announced: float
    floor: float
    batch: float
    single: float
    unheard: float

    @property
    def ratio(self) -> float:
        """Delivery to a batch handler as a part of the floor."""
        return self.batch / self.floor


async def deliver(database: Database, count: int) -> Result:
    """Announce `count` events four times, and deliver them in four ways; prints the rates."""
    tenant_id = await _tenant(database)
    announced = await _announce(database, tenant_id, count)
    floor = await _floor(database, tenant_id, count)
    rates = []
    for handlers in ((all_at_once,), (one_by_one,), ()):
        await _announce(database, tenant_id, count)
        rates.append(await _drain(database, tenant_id, handlers, count))
    result = Result(count, announced, floor, *rates)
    print(f"events announced          {result.announced:10,.0f}/s")
    print(f"floor (bare statements)   {result.floor:10,.0f}/s")
    print(f"delivered to a batch      {result.batch:10,.0f}/s   {result.ratio:.2f} x floor")
    print(f"delivered one by one      {result.single:10,.0f}/s")
    print(f"nobody listens            {result.unheard:10,.0f}/s")
    return result


async def _tenant(database: Database) -> UUID:
    tenant_id = new_id()
    async with database.transaction(tenant_id) as session:
        await register_tenant(session, f"bench-{tenant_id}")
    return tenant_id


async def _announce(database: Database, tenant_id: UUID, count: int) -> float:
    started = perf_counter()
    for start in range(0, count, 10_000):
        async with database.transaction(tenant_id) as session:
            await EventPublisher(session).publish_many(
                ThingHappened(thing_id=new_id(), number=f"INV-{n:07}", amount="79.99")
                for n in range(start, min(start + 10_000, count))
            )
    return count / (perf_counter() - started)


async def _drain(
    database: Database, tenant_id: UUID, handlers: tuple[Handler, ...], count: int
) -> float:
    modules = (Module("bench", handlers=handlers),)
    worker = create_worker(modules, database, options=WorkerOptions(batch=BATCH))
    before = await _counts(database, tenant_id)
    started = perf_counter()
    drained = await worker.drain(tenant_id)
    seconds = perf_counter() - started
    after = await _counts(database, tenant_id)
    assert drained.events == count
    assert after[0] - before[0] == count
    assert after[1] - before[1] == count * len(handlers)
    return count / seconds


async def _counts(database: Database, tenant_id: UUID) -> tuple[int, int]:
    async with database.transaction(tenant_id) as session:
        row = (
            await session.execute(
                sa.text(
                    "SELECT (SELECT count(*) FROM events.outbox WHERE state = 'delivered') AS done,"
                    " (SELECT count(*) FROM events.deliveries) AS deliveries"
                )
            )
        ).one()
    return row.done, row.deliveries


async def _floor(database: Database, tenant_id: UUID, count: int) -> float:
    """A transaction to take a batch, one to note the deliveries, one to mark it."""
    started = perf_counter()
    for _ in range(0, count, BATCH):
        async with database.relay() as session:
            connection = await driver_connection(session)
            rows = await connection.fetch(
                "UPDATE events.outbox SET next_attempt_at = 'infinity' WHERE (tenant_id, id) IN ("
                "SELECT tenant_id, id FROM events.outbox WHERE state = 'pending' "
                "AND next_attempt_at < now() AND tenant_id = $1 ORDER BY next_attempt_at, id "
                "LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id, payload::text",
                tenant_id,
                BATCH,
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
    return count / (perf_counter() - started)
