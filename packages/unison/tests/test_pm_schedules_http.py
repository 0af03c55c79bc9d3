"""Maintenance schedules over HTTP, as a planner, as a technician, and as those who must not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_identity import UserService
from dotmac_identity.testing import Organisation

from .plant_over_http import code, codes, data, machine, planned

# It is 20 November 2026 in these tests.
ANY_VERSION = {"If-Match": "*"}


async def completed(client: httpx.AsyncClient, schedule: dict[str, Any], **body: object) -> Any:  # noqa: ANN401 (any JSON)
    return data(await client.post(f"/pm-schedules/{schedule['id']}/complete", json=body))


async def test_a_schedule_is_due_on_the_last_day_of_months_without_its_own(
    client: httpx.AsyncClient, clock: FrozenClock
) -> None:
    clock.move_to(datetime(2026, 1, 20, 12, tzinfo=UTC))
    schedule = await planned(client, await machine(client), anchor_on="2026-01-31")
    due = [schedule["next_due_on"]]

    for day in (31, 59, 90):  # days of the year: 31 January, 28 February, 31 March
        clock.move_to(datetime(2025, 12, 31, 12, tzinfo=UTC))
        clock.advance(days=day)
        schedule = await completed(client, schedule)
        due.append(schedule["next_due_on"])

    assert due == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


async def test_a_new_schedule_does_not_begin_overdue(client: httpx.AsyncClient) -> None:
    press = await machine(client)

    new = await planned(client, press, "NEW", anchor_on="2020-01-15")
    today = await planned(client, press, "TODAY", anchor_on="2020-01-20")
    ahead = await planned(client, press, "AHEAD", anchor_on="2027-03-01")
    taken_over = await planned(client, press, "OLD", last_completed_on="2026-09-30")

    assert [new["next_due_on"], new["is_overdue"]] == ["2026-12-15", False]
    assert [today["next_due_on"], today["is_due"], today["is_overdue"]] == [
        "2026-11-20",
        True,
        False,
    ]
    assert [ahead["next_due_on"], ahead["days_until_due"]] == ["2027-03-01", 101]
    assert [taken_over["next_due_on"], taken_over["is_overdue"]] == ["2026-10-31", True]


async def test_a_schedule_is_read_with_what_a_page_shows(client: httpx.AsyncClient) -> None:
    press = await machine(client, "PRESS-1", name="Hydraulic press", location="Hall B")
    schedule = await planned(
        client, press, "PM-OIL", frequency="weekly", interval=2, anchor_on="2026-11-23"
    )

    read = await client.get(f"/pm-schedules/{schedule['id']}")
    (listed,) = data(await client.get("/pm-schedules"))

    assert data(read) == schedule
    assert read.headers["etag"] == '"1"'
    assert listed == {k: schedule[k] for k in schedule.keys() - {"instructions", "upcoming_on"}}
    assert listed["every"] == {"count": 2, "unit": "week"}
    assert (listed["equipment"]["code"], listed["equipment"]["name"]) == (
        "PRESS-1",
        "Hydraulic press",
    )
    assert schedule["upcoming_on"][:3] == ["2026-11-23", "2026-12-07", "2026-12-21"]


async def test_what_is_done_stays_on_record(client: httpx.AsyncClient) -> None:
    schedule = await planned(client, await machine(client), last_completed_on="2026-09-30")
    done = {"completed_on": "2026-11-03", "duration_minutes": 75, "notes": "Filter replaced."}

    after = await completed(client, schedule, **done)
    extra = await completed(client, schedule, completed_on="2026-11-04")
    early = await completed(client, schedule)
    history = data(await client.get(f"/pm-schedules/{schedule['id']}/completions"))

    assert [after["last_completed_on"], after["next_due_on"]] == ["2026-11-03", "2026-11-30"]
    assert [extra["next_due_on"], early["next_due_on"]] == ["2026-11-30", "2026-12-31"]
    assert [(row["completed_on"], row["due_on"]) for row in history] == [
        ("2026-11-20", "2026-11-30"),  # ten days early
        ("2026-11-04", None),  # the day after
        ("2026-11-03", "2026-10-31"),  # three days late
    ]
    assert {k: history[2][k] for k in done} == done
    assert history[2]["completed_by"] == "somebody"


async def test_what_is_overdue_is_so_by_the_clock_of_the_plant(
    client: httpx.AsyncClient, clock: FrozenClock
) -> None:
    schedule = await planned(client, await machine(client), anchor_on="2026-11-20")
    path = f"/pm-schedules/{schedule['id']}"

    clock.move_to(datetime(2026, 11, 20, 22, 59, tzinfo=UTC))  # one minute to midnight there
    on_its_day = data(await client.get(path))
    tomorrow = await client.post(f"{path}/complete", json={"completed_on": "2026-11-21"})
    listed_on_its_day = await codes(client, is_overdue="true")
    clock.move_to(datetime(2026, 11, 20, 23, 0, tzinfo=UTC))
    a_day_later = data(await client.get(path))

    assert [on_its_day["is_due"], on_its_day["is_overdue"], listed_on_its_day] == [True, False, []]
    assert code(tomorrow) == "422 COMPLETED_IN_FUTURE"
    assert [a_day_later["is_overdue"], a_day_later["days_until_due"]] == [True, -1]
    assert await codes(client, is_overdue="true") == ["PM-1"]


async def test_schedules_are_found_filtered_and_sorted(client: httpx.AsyncClient) -> None:
    press = await machine(client, "PRESS-1", name="Hydraulic press")
    crane = await machine(client, "CRANE-1", name="Crane", location="Hall A")
    await planned(client, press, "A-LATE", title="Change oil", last_completed_on="2026-09-30")
    await planned(client, crane, "B-TODAY", anchor_on="2026-11-20", frequency="yearly")
    await planned(client, crane, "C-WEEK", title="Grease", anchor_on="2026-11-27")
    await planned(client, press, "D-REST", last_completed_on="2026-09-30", is_active=False)

    assert await codes(client) == ["A-LATE", "D-REST", "B-TODAY", "C-WEEK"]
    assert await codes(client, sort="-code") == ["D-REST", "C-WEEK", "B-TODAY", "A-LATE"]
    assert (await codes(client, sort="equipment"))[:2] == ["B-TODAY", "C-WEEK"]
    assert await codes(client, is_overdue="true") == ["A-LATE"]
    assert await codes(client, is_overdue="false") == ["D-REST", "B-TODAY", "C-WEEK"]
    assert await codes(client, due_within_days="0") == ["A-LATE", "B-TODAY"]
    assert await codes(client, due_within_days="7") == ["A-LATE", "B-TODAY", "C-WEEK"]
    assert await codes(client, is_active="false") == ["D-REST"]
    assert await codes(client, equipment_id=crane["id"]) == ["B-TODAY", "C-WEEK"]
    assert await codes(client, frequency="yearly") == ["B-TODAY"]
    assert await codes(client, q="crane grea") == ["C-WEEK"]
    assert await codes(client, q="hall") == ["B-TODAY", "C-WEEK"]
    assert await codes(client, q="_") == []
    page = (await client.get("/pm-schedules", params={"per_page": "3", "page": "2"})).json()
    assert page["meta"]["pagination"] == {"page": 2, "per_page": 3, "total": 4}
    assert [row["code"] for row in page["data"]] == ["C-WEEK"]
    rows = data(await client.get("/pm-schedules"))
    assert [row["code"] for row in rows if row["is_overdue"]] == ["A-LATE"]


async def test_another_rhythm_counts_from_what_is_done(client: httpx.AsyncClient) -> None:
    schedule = await planned(client, await machine(client), last_completed_on="2026-03-31")
    path = f"/pm-schedules/{schedule['id']}"

    quarterly = await client.patch(
        path, json={"frequency": "quarterly"}, headers={"If-Match": '"1"'}
    )
    late = await client.patch(path, json={"title": "Mine"}, headers={"If-Match": '"1"'})
    retitled = await client.patch(path, json={"title": "Oil"}, headers={"If-Match": '"2"'})
    moved = await client.patch(path, json={"equipment_id": str(uuid4())}, headers=ANY_VERSION)

    assert schedule["next_due_on"] == "2026-04-30"
    changed = data(quarterly)
    assert [changed["next_due_on"], changed["is_overdue"]] == ["2026-04-30", True]
    assert changed["upcoming_on"][1] == "2026-07-31"
    assert code(late) == "412 VERSION_MISMATCH"
    assert code(await client.patch(path, json={"title": "X"})) == "428 PRECONDITION_REQUIRED"
    assert [data(retitled)["title"], retitled.headers["etag"]] == ["Oil", '"3"']
    assert code(moved) == "422 VALIDATION_FAILED"


async def test_a_schedule_is_archived_restored_and_deleted_if_nobody_worked_by_it(
    client: httpx.AsyncClient,
) -> None:
    press = await machine(client)
    used = await planned(client, press, "USED", last_completed_on="2026-09-30")
    unused = await planned(client, press, "UNUSED")
    await completed(client, used, completed_on="2026-10-01")
    path = f"/pm-schedules/{used['id']}"

    kept = await client.delete(path)
    archived = data(await client.post(f"{path}/archive"))
    again = await client.post(f"{path}/archive")
    done = await client.post(f"{path}/complete", json={})
    changed = await client.patch(path, json={"title": "X"}, headers=ANY_VERSION)

    assert code(kept) == "409 PM_SCHEDULE_HAS_HISTORY"
    assert archived["archived_at"] is not None
    assert not archived["is_overdue"]
    assert {code(again), code(done), code(changed)} == {"409 PM_SCHEDULE_ARCHIVED"}
    assert await codes(client) == ["UNUSED"]
    assert await codes(client, is_archived="true") == ["USED"]
    assert data(await client.post(f"{path}/restore"))["is_overdue"]
    assert (await client.delete(f"/pm-schedules/{unused['id']}")).status_code == 204
    assert await codes(client) == ["USED"]


async def test_who_does_the_work_is_an_active_user(
    client: httpx.AsyncClient, database: Database, plant: Organisation
) -> None:
    ada, bob = await plant.employs("ada"), await plant.employs("bob")
    async with database.transaction(plant.profile.id) as session:
        await UserService.within(session, plant.passwords).deactivate(bob.id)
    press = await machine(client)

    schedule = await planned(client, press, assignee_id=str(ada.id))
    path = f"/pm-schedules/{schedule['id']}"
    gone = await client.patch(path, json={"assignee_id": str(bob.id)}, headers=ANY_VERSION)
    unknown = await client.patch(path, json={"assignee_id": str(uuid4())}, headers=ANY_VERSION)
    listed = await codes(client, assignee_id=str(ada.id))
    nobody = await client.patch(path, json={"assignee_id": None}, headers=ANY_VERSION)

    assert [code(gone), code(unknown)] == ["409 TECHNICIAN_INACTIVE", "404 USER_NOT_FOUND"]
    assert listed == ["PM-1"]
    assert data(nobody)["assignee_id"] is None


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"code": "PM-1"}, "409 PM_SCHEDULE_CODE_TAKEN"),
        ({"equipment_id": str(uuid4())}, "404 EQUIPMENT_NOT_FOUND"),
        ({"last_completed_on": "2026-11-21"}, "422 COMPLETED_IN_FUTURE"),
        ({"frequency": "hourly"}, "422 VALIDATION_FAILED"),
        ({"interval": 0}, "422 VALIDATION_FAILED"),
        ({"interval": 367}, "422 VALIDATION_FAILED"),
        ({"duration_minutes": 0}, "422 VALIDATION_FAILED"),
        ({"anchor_on": "2026-02-30"}, "422 VALIDATION_FAILED"),
        ({"anchor_on": "1969-12-31"}, "422 VALIDATION_FAILED"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, values: dict[str, object], refused: str
) -> None:
    press = await machine(client)
    await planned(client, press)
    body = {
        "code": "PM-2",
        "title": "Oil",
        "equipment_id": press["id"],
        "frequency": "monthly",
        "anchor_on": "2026-01-31",
        "duration_minutes": 90,
    }

    assert code(await client.post("/pm-schedules", json={**body, **values})) == refused


async def test_a_technician_completes_and_does_not_plan(
    client: httpx.AsyncClient, signed_in: SignedIn, plant: Organisation, second_tenant: Tenant
) -> None:
    schedule = await planned(client, await machine(client))
    tenant = Tenant(plant.profile.id, plant.profile.slug)
    technician = signed_in(tenant, "pm_schedules:read", "pm_schedules:complete")
    viewer = signed_in(tenant, "pm_schedules:read")
    stranger = signed_in(second_tenant)
    path = f"/pm-schedules/{schedule['id']}"

    assert (await completed(technician, schedule))["last_completed_on"] == "2026-11-20"
    for refused in (
        await technician.post("/pm-schedules", json={}),
        await technician.patch(path, json={"title": "X"}, headers=ANY_VERSION),
        await technician.delete(path),
        await technician.post(f"{path}/archive"),
        await technician.post(f"{path}/restore"),
        await viewer.post(f"{path}/complete", json={}),
    ):
        assert code(refused) == "403 PERMISSION_DENIED"
    for unseen in (
        await stranger.get(path),
        await stranger.get(f"{path}/completions"),
        await stranger.post(f"{path}/complete", json={}),
        await stranger.patch(path, json={"title": "X"}, headers=ANY_VERSION),
        await stranger.delete(path),
        await stranger.post(f"{path}/archive"),
        await stranger.post(f"{path}/restore"),
    ):
        assert code(unseen) == "404 PM_SCHEDULE_NOT_FOUND"
    assert await codes(stranger) == []


async def test_a_retried_completion_is_one(client: httpx.AsyncClient) -> None:
    schedule = await planned(client, await machine(client))
    path = f"/pm-schedules/{schedule['id']}"
    once = {"Idempotency-Key": "tablet-7-oil"}

    first = await client.post(f"{path}/complete", json={}, headers=once)
    second = await client.post(f"{path}/complete", json={}, headers=once)

    assert first.json() == second.json()
    assert len(data(await client.get(f"{path}/completions"))) == 1


async def test_what_happens_to_schedules_is_announced_and_audited(
    client: httpx.AsyncClient, database: Database, plant: Organisation
) -> None:
    press = await machine(client)
    schedule = await planned(client, press)
    path = f"/pm-schedules/{schedule['id']}"
    await client.patch(path, json={"interval": 2}, headers=ANY_VERSION)
    await client.patch(path, json={"interval": 2}, headers=ANY_VERSION)  # no change
    await completed(client, schedule)
    await client.post(f"{path}/archive")
    await client.post(f"{path}/restore")
    await client.post(f"{path}/restore")  # no change
    await client.delete(f"/pm-schedules/{(await planned(client, press, 'PM-2'))['id']}")

    async with database.transaction(plant.profile.id) as session:
        facts = sa.text("SELECT name FROM events.outbox WHERE name LIKE 'unison.pm%' ORDER BY id")
        actions = sa.text(
            "SELECT action FROM core.audit_log WHERE target_type = 'pm_schedule' ORDER BY id"
        )
        announced = [name.removeprefix("unison.pm_") for name in await session.scalars(facts)]
        audited = [
            name.removeprefix("unison.pm_schedule_") for name in await session.scalars(actions)
        ]

    assert announced == [
        *("schedule_created", "schedule_changed", "completed", "schedule_archived"),
        *("schedule_restored", "schedule_created", "schedule_deleted"),
    ]
    assert audited == [
        *("create", "change", "complete", "archive", "restore", "create", "delete"),
    ]
