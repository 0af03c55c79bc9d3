from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer, EventPublisher, Worker, WorkerOptions, create_worker
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.errors import ConflictError
from dotmac_core_ops.module import Handler, Module
from dotmac_core_ops.principal import Actor, acting_as, current_actor
from dotmac_core_ops.testing import Tenant
from packages.dotmac_core_events.tests.lighthouse import (
    BellRung,
    FogCleared,
    note,
    notes,
    ring,
    rows,
)


class LampBrokenError(ConflictError):
    code = "LAMP_BROKEN"


def worker(database: Database, *handlers: Handler, **options: int) -> Worker:
    return create_worker(
        (Module("lighthouse", handlers=handlers),), database, options=WorkerOptions(**options)
    )


@EventConsumer.handle("lighthouse.bell_rung")
async def write_down(event: BellRung, session: AsyncSession) -> None:
    await note(session, "heard", event.strokes)


@EventConsumer.handle("lighthouse.bell_rung", batch=True)
async def count(events: Sequence[BellRung], session: AsyncSession) -> None:
    await note(session, "counted", ",".join(str(event.strokes) for event in events))


async def test_every_handler_gets_every_event_in_its_order(
    database: Database, tenant: Tenant
) -> None:
    await ring(database, tenant.id, 3, 1, 2)

    drained = await worker(database, write_down, count).drain(tenant.id)

    assert drained.events == 3
    assert await notes(database, tenant.id) == [
        ("heard", "3"),
        ("heard", "1"),
        ("heard", "2"),
        ("counted", "3,1,2"),
    ]
    assert [row.state for row in await rows(database, tenant.id, "events.outbox")] == [
        "delivered"
    ] * 3
    assert len(await rows(database, tenant.id, "events.deliveries")) == 6


async def test_what_was_delivered_is_not_delivered_again(
    database: Database, tenant: Tenant
) -> None:
    await ring(database, tenant.id, 1, 2)
    await worker(database, write_down).drain(tenant.id)
    async with database.transaction(tenant.id) as session:
        # As if the worker had been lost after the handler's commit.
        await session.execute(
            sa.text("UPDATE events.outbox SET state = 'pending', next_attempt_at = 'epoch'")
        )

    drained = await worker(database, write_down).drain(tenant.id)

    assert drained.events == 2
    assert await notes(database, tenant.id) == [("heard", "1"), ("heard", "2")]


async def test_events_reach_only_their_own_tenant(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    await ring(database, tenant.id, 1)
    await ring(database, second_tenant.id, 2)

    await worker(database, write_down).drain()

    assert await notes(database, tenant.id) == [("heard", "1")]
    assert await notes(database, second_tenant.id) == [("heard", "2")]


async def test_what_nobody_handles_is_delivered_by_that(database: Database, tenant: Tenant) -> None:
    await ring(database, tenant.id, *range(1200))

    drained = await worker(database).drain(tenant.id)

    assert drained.events == 1200
    assert {row.state for row in await rows(database, tenant.id, "events.outbox")} == {"delivered"}


async def test_one_bad_event_does_not_hold_the_others(database: Database, tenant: Tenant) -> None:
    @EventConsumer.handle("lighthouse.bell_rung", batch=True)
    async def fragile(events: Sequence[BellRung], session: AsyncSession) -> None:
        for event in events:
            await note(session, "heard", event.strokes)
            if event.strokes == 13:
                raise LampBrokenError("Mr Miller dropped it.")

    await ring(database, tenant.id, 11, 12, 13, 14)

    drained = await worker(database, fragile, count).drain(tenant.id)

    assert (drained.events, drained.failed_events) == (3, 1)
    assert await notes(database, tenant.id) == [
        ("heard", "11"),
        ("heard", "12"),
        ("heard", "14"),
        ("counted", "11,12,13,14"),
    ]
    [bad] = [r for r in await rows(database, tenant.id, "events.outbox") if r.state == "pending"]
    assert bad.payload == {"strokes": 13}
    assert bad.attempts == 1
    assert re.fullmatch(r"LampBrokenError LAMP_BROKEN in [a-z_.]+test_delivery:\d+", bad.last_error)


async def test_a_failed_event_is_tried_again_later_and_then_given_up(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    tried: list[int] = []

    @EventConsumer.handle("lighthouse.bell_rung")
    async def broken(event: BellRung) -> None:
        tried.append(event.strokes)
        raise ZeroDivisionError

    delivering = worker(database, broken, max_attempts=3)
    await ring(database, tenant.id, 8)
    pauses = []
    for _ in range(3):
        await delivering.drain(tenant.id)
        await delivering.drain(tenant.id)  # not due yet
        [row] = await rows(database, tenant.id, "events.outbox")
        pauses.append(row.next_attempt_at - clock.now())
        clock.advance(hours=1)

    assert tried == [8, 8, 8]
    assert timedelta(seconds=1) <= pauses[0] <= timedelta(seconds=2)
    assert timedelta(seconds=2) <= pauses[1] <= timedelta(seconds=4)
    assert (row.state, row.attempts) == ("dead", 3)
    assert (await delivering.drain(tenant.id)).failed_events == 0


async def test_a_handler_that_recovers_gets_the_event_once(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    is_broken = True

    @EventConsumer.handle("lighthouse.bell_rung")
    async def recovering(event: BellRung, session: AsyncSession) -> None:
        await note(session, "recovered", event.strokes)
        if is_broken:
            raise ZeroDivisionError

    delivering = worker(database, write_down, recovering)
    await ring(database, tenant.id, 5)
    await delivering.drain(tenant.id)
    is_broken = False
    clock.advance(seconds=10)

    await delivering.drain(tenant.id)

    assert await notes(database, tenant.id) == [("heard", "5"), ("recovered", "5")]


async def test_an_event_that_no_longer_fits_its_class_is_a_failure(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await session.execute(
            sa.text(
                "INSERT INTO events.outbox (id, name, payload, occurred_at) VALUES "
                "(gen_random_uuid(), 'lighthouse.bell_rung', '{\"strokes\": \"secret\"}', now())"
            )
        )

    drained = await worker(database, write_down).drain(tenant.id)

    assert drained.failed_events == 1
    [row] = await rows(database, tenant.id, "events.outbox")
    assert "ValidationError" in row.last_error
    assert "secret" not in row.last_error


async def test_fields_of_a_newer_program_are_passed_over(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await session.execute(
            sa.text(
                "INSERT INTO events.outbox (id, name, payload, occurred_at) VALUES "
                "(gen_random_uuid(), 'lighthouse.bell_rung', "
                '\'{"strokes": 4, "loudness": 9}\', now())'
            )
        )

    await worker(database, write_down).drain(tenant.id)

    assert await notes(database, tenant.id) == [("heard", "4")]


async def test_what_a_handler_announces_names_its_cause(database: Database, tenant: Tenant) -> None:
    @EventConsumer.handle("lighthouse.bell_rung")
    async def clear(_: BellRung, session: AsyncSession) -> None:
        assert current_actor().name == "system:worker"
        await EventPublisher(session).publish(FogCleared())

    seen: list[FogCleared] = []

    @EventConsumer.handle("lighthouse.fog_cleared")
    async def look(event: FogCleared) -> None:
        seen.append(event)

    with acting_as(Actor("ann", "user", request_id="request-9")):
        await ring(database, tenant.id, 1)
    drained = await worker(database, clear, look).drain(tenant.id)

    rung, cleared = await rows(database, tenant.id, "events.outbox")
    assert drained.events == 2
    assert (cleared.correlation_id, cleared.request_id) == (rung.id, "request-9")
    assert seen[0].announcement is not None
    assert seen[0].announcement.id == cleared.id
    assert seen[0].announcement.correlation_id == rung.id


async def test_a_handler_may_take_the_plain_payload(database: Database, tenant: Tenant) -> None:
    @EventConsumer.handle("lighthouse.storm_seen")
    async def log(payload: Mapping[str, Any], session: AsyncSession) -> None:
        await note(session, "storm", payload["force"])

    async with database.transaction(tenant.id) as session:
        await EventPublisher(session).publish("lighthouse.storm_seen", {"force": 9})
    await worker(database, log).drain(tenant.id)

    assert await notes(database, tenant.id) == [("storm", "9")]


async def test_an_event_that_ends_its_workers_is_given_up(
    database: Database, tenant: Tenant
) -> None:
    await ring(database, tenant.id, 1, 2)
    async with database.transaction(tenant.id) as session:
        await session.execute(
            sa.text(
                "UPDATE events.outbox SET losses = 19, claim = gen_random_uuid() "
                "WHERE payload->>'strokes' = '1'"
            )
        )

    drained = await worker(database, write_down, max_attempts=1).drain(tenant.id)

    assert (drained.events, drained.failed_events) == (1, 1)
    first, second = await rows(database, tenant.id, "events.outbox")
    assert (first.state, first.last_error) == ("dead", "WorkerLostError")
    assert second.state == "delivered"


@pytest.mark.parametrize("workers", [3])
async def test_workers_share_the_work(database: Database, tenant: Tenant, workers: int) -> None:
    await ring(database, tenant.id, *range(600))
    several = [worker(database, write_down, batch=50) for _ in range(workers)]

    await asyncio.gather(*(one.drain(tenant.id) for one in several))

    heard = await notes(database, tenant.id)
    assert sorted(int(strokes) for _, strokes in heard) == list(range(600))
