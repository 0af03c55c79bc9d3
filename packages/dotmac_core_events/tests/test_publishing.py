from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventConsumer, EventNameError, EventPublisher
from dotmac_core_ops.database import Database, insert_staged, new_id, stage_tables
from dotmac_core_ops.principal import Actor, acting_as
from dotmac_core_ops.testing import Tenant


class LampLit(Event):
    name: ClassVar[str] = "lighthouse.lamp_lit"

    lamp_id: UUID
    lumens: Decimal
    on: date
    colour: str = "white"


def lit(lumens: str = "1500.50") -> LampLit:
    return LampLit(lamp_id=new_id(), lumens=Decimal(lumens), on=date(2026, 11, 20))


async def outbox(database: Database, tenant: Tenant) -> Sequence[sa.Row[Any]]:
    async with database.transaction(tenant.id) as session:
        found = await session.execute(sa.text("SELECT * FROM events.outbox ORDER BY id"))
        return found.all()


async def test_an_event_is_written_exactly(database: Database, tenant: Tenant) -> None:
    event = lit()

    with acting_as(Actor("ann", "user", request_id="request-7")):
        async with database.transaction(tenant.id) as session:
            announced = await EventPublisher(session).publish(event)

    [row] = await outbox(database, tenant)
    assert row.id == announced
    assert row.name == "lighthouse.lamp_lit"
    assert row.payload == {
        "lamp_id": str(event.lamp_id),
        "lumens": "1500.50",
        "on": "2026-11-20",
        "colour": "white",
    }
    assert row.request_id == "request-7"
    assert row.occurred_at == database.clock.now()
    assert LampLit.model_validate(row.payload) == event


async def test_what_is_rolled_back_was_never_announced(database: Database, tenant: Tenant) -> None:
    async def light_and_fail() -> None:
        async with database.transaction(tenant.id) as session:
            await EventPublisher(session).publish(lit())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await light_and_fail()

    assert await outbox(database, tenant) == []


@pytest.mark.parametrize("count", [3, 450])
async def test_many_events_are_written_in_their_order(
    database: Database, tenant: Tenant, count: int
) -> None:
    async with database.transaction(tenant.id) as session:
        written = await EventPublisher(session).publish_many(lit(str(n)) for n in range(count))

    rows = await outbox(database, tenant)
    assert written == count
    assert [row.payload["lumens"] for row in rows] == [str(n) for n in range(count)]
    assert {row.state for row in rows} == {"pending"}


async def test_events_are_staged_and_what_they_lacked_follows(
    database: Database, tenant: Tenant
) -> None:
    events = [lit("1"), lit("2")]
    unlit = [event.model_copy(update={"lumens": Decimal(0)}) for event in events]
    seen: list[LampLit] = []

    @EventConsumer.handle("lighthouse.lamp_lit", inline=True)
    async def keep(event: LampLit) -> None:
        seen.append(event)

    async with database.transaction(tenant.id) as session:
        session.info["inline_handlers"] = {"lighthouse.lamp_lit": [keep]}
        publisher = EventPublisher(session)
        table = publisher.table(unlit)
        staged = await stage_tables(session, [table])
        late = publisher.late(table, [{"lumens": "1"}, {"lumens": "2"}])
        await insert_staged(session, staged, [late])
        await publisher.react(events)

    rows = await outbox(database, tenant)
    assert [row.payload for row in rows] == [event.model_dump(mode="json") for event in events]
    assert seen == events


async def test_the_founding_form_takes_a_name_and_a_payload(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        publisher = EventPublisher(session)
        await publisher.publish("lighthouse.lamp_lit", lit())
        await publisher.publish("lighthouse.lamp_lit", lit().model_dump())
        await publisher.publish("lighthouse.fog_seen", {"metres": Decimal("12.5"), "by": new_id()})

    names = [row.name for row in await outbox(database, tenant)]
    assert names == ["lighthouse.lamp_lit", "lighthouse.lamp_lit", "lighthouse.fog_seen"]


async def test_a_payload_that_does_not_fit_the_class_is_refused(session: AsyncSession) -> None:
    with pytest.raises(ValidationError):
        await EventPublisher(session).publish("lighthouse.lamp_lit", {"lumens": "bright"})


@pytest.mark.parametrize("name", ["lamp_lit", "Lighthouse.LampLit", "lighthouse.", "a b.c", ""])
async def test_a_name_without_its_module_is_refused(session: AsyncSession, name: str) -> None:
    with pytest.raises(EventNameError):
        await EventPublisher(session).publish(name, {})


async def test_inline_handlers_run_in_the_same_transaction(
    database: Database, tenant: Tenant
) -> None:
    seen: list[list[LampLit]] = []

    @EventConsumer.handle("lighthouse.lamp_lit", inline=True, batch=True)
    async def keep(events: Sequence[LampLit], session: AsyncSession) -> None:
        found = await session.execute(sa.text("SELECT count(*) FROM events.outbox"))
        assert found.scalar_one() == len(events)
        seen.append(list(events))

    events = [lit("1"), lit("2")]
    async with database.transaction(tenant.id) as session:
        session.info["inline_handlers"] = {"lighthouse.lamp_lit": [keep]}
        await EventPublisher(session).publish_many(events)

    assert seen == [events]


async def test_a_failing_inline_handler_takes_the_announcer_with_it(
    database: Database, tenant: Tenant
) -> None:
    @EventConsumer.handle("lighthouse.lamp_lit", inline=True)
    async def fail(_: LampLit) -> None:
        raise ZeroDivisionError

    async def light() -> None:
        async with database.transaction(tenant.id) as session:
            session.info["inline_handlers"] = {"lighthouse.lamp_lit": [fail]}
            await EventPublisher(session).publish(lit())

    with pytest.raises(ZeroDivisionError):
        await light()

    assert await outbox(database, tenant) == []
