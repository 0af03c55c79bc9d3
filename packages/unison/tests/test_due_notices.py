"""What is due is announced on its day, once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import sqlalchemy as sa

from dotmac_core_events import MessageService, WantedMessages, create_worker, enqueue
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_identity import EntitlementService
from dotmac_identity.testing import Organisation
from unison import module
from unison.due_notices.service import DueNoticeService

from .plant_over_http import data, machine, planned

DUE = sa.text(
    "SELECT payload->>'code' || ' ' || (payload->>'due_on') FROM events.outbox "
    "WHERE name = 'unison.pm_schedule_due' ORDER BY id"
)


async def announced(database: Database, plant: Organisation) -> list[str]:
    """Let the job run; all that was ever announced."""
    async with database.transaction(plant.profile.id) as session:
        await enqueue(session, "unison.announce_due_maintenance")
    await create_worker([module], database, database.clock).drain(plant.profile.id)
    return await outbox(database, plant)


async def outbox(database: Database, plant: Organisation) -> list[str]:
    async with database.transaction(plant.profile.id) as session:
        return list((await session.scalars(DUE)).all())


async def test_a_due_date_is_announced_once_on_its_day_in_the_plant(
    client: httpx.AsyncClient, database: Database, plant: Organisation, clock: FrozenClock
) -> None:
    press = await machine(client)
    schedule = await planned(client, press, anchor_on="2026-11-21")
    path = f"/pm-schedules/{schedule['id']}"

    the_day_before = await announced(database, plant)
    clock.move_to(datetime(2026, 11, 20, 23, 33, tzinfo=UTC))  # past midnight there
    on_the_day = await announced(database, plant)
    an_hour_later = await announced(database, plant)
    await client.post(f"{path}/complete", json={})
    clock.move_to(datetime(2026, 12, 25, 12, tzinfo=UTC))
    next_time = await announced(database, plant)

    assert the_day_before == []
    assert on_the_day == an_hour_later == ["PM-1 2026-11-21"]
    assert next_time == ["PM-1 2026-11-21", "PM-1 2026-12-21"]


async def test_a_due_date_that_comes_back_is_not_announced_again(
    client: httpx.AsyncClient, database: Database, plant: Organisation
) -> None:
    schedule = await planned(client, await machine(client), anchor_on="2026-11-20")
    path, whatever = f"/pm-schedules/{schedule['id']}", {"If-Match": "*"}
    await announced(database, plant)

    await client.patch(path, json={"anchor_on": "2026-12-01"}, headers=whatever)
    await announced(database, plant)
    await client.patch(path, json={"anchor_on": "2026-11-20"}, headers=whatever)

    assert await announced(database, plant) == ["PM-1 2026-11-20"]
    assert (await client.delete(path)).status_code == 204


async def test_two_workers_announce_once(
    client: httpx.AsyncClient, database: Database, plant: Organisation
) -> None:
    press = await machine(client)
    await planned(client, press, last_completed_on="2026-09-30")

    async def announce() -> int:
        async with database.transaction(plant.profile.id) as session:
            return await DueNoticeService(session).announce()

    counts = await asyncio.gather(announce(), announce(), announce())

    assert sorted(counts) == [0, 0, 1]
    assert await outbox(database, plant) == ["PM-1 2026-10-31"]


async def test_what_rests_is_not_announced(
    client: httpx.AsyncClient, database: Database, plant: Organisation
) -> None:
    late = {"last_completed_on": "2026-09-30"}
    press = await machine(client, "PRESS")
    idle = await machine(client, "IDLE", is_active=False)
    await planned(client, press, "INACTIVE", **late, is_active=False)
    await planned(client, idle, "ON-IDLE", **late)
    archived = await planned(client, press, "ARCHIVED", **late)
    await client.post(f"/pm-schedules/{archived['id']}/archive")

    assert await announced(database, plant) == []


async def test_who_is_to_do_the_work_is_told(
    client: httpx.AsyncClient, database: Database, plant: Organisation
) -> None:
    ada = await plant.employs("ada")
    press = await machine(client, "PRESS-1", name="Hydraulic press")
    await planned(
        client, press, title="Change oil", anchor_on="2026-11-20", assignee_id=str(ada.id)
    )
    await announced(database, plant)

    async with database.transaction(plant.profile.id) as session:
        wanted = WantedMessages(recipient=str(ada.id))
        (message,), _ = await MessageService(session).page(wanted)

    assert message.subject == "Maintenance is due: Change oil"
    assert message.text == "PM-1 on PRESS-1 Hydraulic press is due on 2026-11-20."


async def test_a_tenant_below_the_tier_is_told_nothing(
    client: httpx.AsyncClient, database: Database, plant: Organisation
) -> None:
    await planned(client, await machine(client), last_completed_on="2026-09-30")
    async with database.transaction(plant.profile.id) as session:
        await EntitlementService.within(session).grant("STARTER", {"tier": "starter"})

    assert await announced(database, plant) == []
    assert (await client.get("/pm-schedules")).status_code == 403
    async with database.transaction(plant.profile.id) as session:
        await EntitlementService.within(session).grant("PRO", {"tier": "professional"})
    assert len(data(await client.get("/pm-schedules"))) == 1
    assert await announced(database, plant) == ["PM-1 2026-10-31"]
