from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dotmac_core_events import (
    create_worker,
    dead_letters,
    drop,
    enqueue,
    events_reference,
    first_time,
    module,
    replay,
    tail,
)
from dotmac_core_events.metrics import jobs_queued, refresh
from dotmac_core_events.outbox.errors import EventNotDeadError
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.metrics import outbox_events, outbox_lag
from dotmac_core_ops.module import Job, JobContext, Module
from dotmac_core_ops.testing import Tenant
from packages.dotmac_core_events.tests.lighthouse import ring, rows
from packages.dotmac_core_events.tests.test_delivery import write_down

LISTENING = Module("lighthouse", handlers=(write_down,))


async def test_delivered_events_are_removed_with_age(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    working = create_worker((LISTENING, module), database)
    await ring(database, tenant.id, 1, 2)
    await working.drain(tenant.id)
    await ring(database, tenant.id, 3)
    async with database.transaction(tenant.id) as session:
        await session.execute(
            sa.text("UPDATE events.outbox SET state = 'dead' WHERE state = 'pending'")
        )
    clock.advance(days=31)
    await ring(database, tenant.id, 4)
    await working.drain(tenant.id)

    async with database.transaction(tenant.id) as session:
        await enqueue(session, "events.remove_old_events")
    await working.drain(tenant.id)

    kept = await rows(database, tenant.id, "events.outbox")
    assert [row.payload["strokes"] for row in kept] == [3, 4]
    delivered = await rows(database, tenant.id, "events.deliveries")
    assert [row.event_id for row in delivered] == [kept[1].id]


async def test_finished_jobs_are_removed_with_age(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    async def step(context: JobContext) -> None:
        async with context.database.transaction(tenant.id) as session:
            assert await first_time(session, context)
        if context.payload.get("fails"):
            raise ZeroDivisionError

    stepping = Module("lighthouse", jobs=(Job("lighthouse.step", step, max_attempts=1),))
    working = create_worker((stepping, module), database)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, "lighthouse.step")
        dead = await enqueue(session, "lighthouse.step", {"fails": True})
        await enqueue(session, "lighthouse.step", key="schedule")
    await working.drain(tenant.id)
    clock.advance(days=2)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, "events.remove_old_jobs")
    await working.drain(tenant.id)
    after_two_days = await rows(database, tenant.id, "events.jobs")
    clock.advance(days=29)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, "events.remove_old_jobs")
    await working.drain(tenant.id)

    assert [row.key for row in after_two_days] == [None, None, None]
    kept = await rows(database, tenant.id, "events.jobs")
    assert [row.id for row in kept if row.name == "lighthouse.step"] == [dead]
    assert [row.event_id for row in await rows(database, tenant.id, "events.deliveries")] == [dead]


async def test_the_tail_follows_what_is_announced(database: Database, tenant: Tenant) -> None:
    await ring(database, tenant.id, 1, 2, 3)

    latest = await tail(database, tenant.id, limit=2)
    await ring(database, tenant.id, 4)
    further = await tail(database, tenant.id, after=latest[-1].id)

    assert [event.payload["strokes"] for event in latest] == [2, 3]
    assert [event.payload["strokes"] for event in further] == [4]


async def test_dead_letters_are_listed_replayed_and_dropped(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    await ring(database, tenant.id, 1, 2, 3)
    async with database.transaction(tenant.id) as session:
        await session.execute(
            sa.text("UPDATE events.outbox SET state = 'dead' WHERE payload->>'strokes' <> '2'")
        )

    first, last = await dead_letters(database, tenant.id)
    with pytest.raises(EventNotDeadError):
        await replay(database, second_tenant.id, [first.id])
    replayed = await replay(database, tenant.id, [first.id])
    dropped = await drop(database, tenant.id)

    assert (first.payload, last.payload) == ({"strokes": 1}, {"strokes": 3})
    assert (replayed, dropped) == (1, 1)
    assert await dead_letters(database, tenant.id) == []
    assert [row.state for row in await rows(database, tenant.id, "events.outbox")] == [
        "pending",
        "pending",
    ]


async def test_the_gauges_show_what_waits(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    await create_worker((LISTENING,), database).drain()
    await ring(database, tenant.id, 1, 2)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, "lighthouse.wait", run_at=clock.now() + timedelta(days=1))
    clock.advance(seconds=90)

    await refresh(database)

    assert outbox_events.labels("pending")._value.get() == 2
    assert outbox_lag._value.get() == 90
    assert jobs_queued.labels("pending")._value.get() >= 1


def test_the_reference_lists_events_with_their_fields() -> None:
    page = events_reference()

    assert "## `lighthouse.bell_rung`" in page
    assert "| `strokes` | `int` |" in page
    assert page.index("lighthouse.bell_rung") < page.index("lighthouse.fog_cleared")
