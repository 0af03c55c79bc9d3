"""Equipment over HTTP, as a planner, as a technician, and as those who must not."""

from __future__ import annotations

import httpx
import pytest
import sqlalchemy as sa

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_identity.testing import Organisation

from .plant_over_http import code, codes, data, machine, planned


async def test_equipment_is_entered_changed_and_removed(client: httpx.AsyncClient) -> None:
    press = await machine(client, "PRESS-1", location="Hall B")
    path = f"/equipment/{press['id']}"

    read = await client.get(path)
    changed = await client.patch(
        path, json={"name": "Hydraulic press"}, headers={"If-Match": read.headers["etag"]}
    )
    removed = await client.delete(path)

    assert data(read) == press
    assert data(changed)["name"] == "Hydraulic press"
    assert (changed.json()["data"]["location"], changed.headers["etag"]) == ("Hall B", '"2"')
    assert removed.status_code == 204
    assert code(await client.get(path)) == "404 EQUIPMENT_NOT_FOUND"


async def test_equipment_is_found_filtered_and_sorted(client: httpx.AsyncClient) -> None:
    await machine(client, "PUMP-2", name="Coolant pump", location="Hall A")
    await machine(client, "PRESS-1", name="Press", location="Hall B")
    await machine(client, "CRANE-1", name="Crane", location="Hall A", is_active=False)

    path = "/equipment"
    assert await codes(client, path) == ["CRANE-1", "PRESS-1", "PUMP-2"]
    assert await codes(client, path, sort="-name") == ["PRESS-1", "CRANE-1", "PUMP-2"]
    assert await codes(client, path, q="hall p") == ["PRESS-1", "PUMP-2"]
    assert await codes(client, path, q="100%") == []
    assert await codes(client, path, is_active="false") == ["CRANE-1"]
    second = (await client.get(path, params={"per_page": "1", "page": "2"})).json()
    assert [row["code"] for row in second["data"]] == ["PRESS-1"]
    assert second["meta"]["pagination"] == {"page": 2, "per_page": 1, "total": 3}
    assert code(await client.get(path, params={"sort": "age"})) == "422 INVALID_SORT"


async def test_two_pieces_have_two_codes(client: httpx.AsyncClient) -> None:
    await machine(client, "PRESS-1")
    pump = await machine(client, "PUMP-1")

    again = await client.post("/equipment", json={"code": "PRESS-1", "name": "Another"})
    renamed = await client.patch(
        f"/equipment/{pump['id']}", json={"code": "PRESS-1"}, headers={"If-Match": "*"}
    )

    assert code(again) == code(renamed) == "409 EQUIPMENT_CODE_TAKEN"


async def test_who_edits_an_old_version_is_told(client: httpx.AsyncClient) -> None:
    press = await machine(client)
    path = f"/equipment/{press['id']}"
    await client.patch(path, json={"location": "Hall A"}, headers={"If-Match": '"1"'})

    blind = await client.patch(path, json={"location": "Hall B"})
    late = await client.patch(path, json={"location": "Hall B"}, headers={"If-Match": '"1"'})

    assert [code(blind), code(late)] == ["428 PRECONDITION_REQUIRED", "412 VERSION_MISMATCH"]


async def test_equipment_with_schedules_stays_and_can_be_put_out_of_service(
    client: httpx.AsyncClient,
) -> None:
    press = await machine(client)
    await planned(client, press, last_completed_on="2026-09-30")
    path = f"/equipment/{press['id']}"

    assert code(await client.delete(path)) == "409 EQUIPMENT_IN_USE"
    assert await codes(client, is_overdue="true") == ["PM-1"]
    await client.patch(path, json={"is_active": False}, headers={"If-Match": "*"})
    assert await codes(client, is_overdue="true") == []


@pytest.mark.parametrize(
    "body",
    [
        {"code": "", "name": "Press"},
        {"code": "press 1", "name": "Press"},
        {"code": "PRESS-1"},
        {"code": "PRESS-1", "name": "Press", "colour": "red"},
    ],
    ids=["no code", "a blank in the code", "no name", "an unknown field"],
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, body: dict[str, str]
) -> None:
    assert code(await client.post("/equipment", json=body)) == "422 VALIDATION_FAILED"


async def test_a_technician_looks_and_a_stranger_sees_nothing(
    client: httpx.AsyncClient, signed_in: SignedIn, plant: Organisation, second_tenant: Tenant
) -> None:
    press = await machine(client)
    technician = signed_in(Tenant(plant.profile.id, plant.profile.slug), "equipment:read")
    stranger = signed_in(second_tenant)
    path = f"/equipment/{press['id']}"
    whatever = {"If-Match": "*"}

    assert data(await technician.get(path)) == press
    for refused in (
        await technician.post("/equipment", json={"code": "X", "name": "X"}),
        await technician.patch(path, json={"name": "X"}, headers=whatever),
        await technician.delete(path),
    ):
        assert code(refused) == "403 PERMISSION_DENIED"
    for unseen in (
        await stranger.get(path),
        await stranger.patch(path, json={"name": "X"}, headers=whatever),
        await stranger.delete(path),
    ):
        assert code(unseen) == "404 EQUIPMENT_NOT_FOUND"


async def test_what_happens_to_equipment_is_announced_and_audited(
    client: httpx.AsyncClient, database: Database, plant: Organisation
) -> None:
    press = await machine(client)
    path = f"/equipment/{press['id']}"
    await client.patch(path, json={"location": "Hall A"}, headers={"If-Match": "*"})
    await client.patch(path, json={"location": "Hall A"}, headers={"If-Match": "*"})  # no change
    await client.delete(path)

    async with database.transaction(plant.profile.id) as session:
        facts = sa.text("SELECT name FROM events.outbox WHERE name LIKE 'unison.%' ORDER BY id")
        actions = sa.text(
            "SELECT action FROM core.audit_log WHERE target_type = 'equipment' ORDER BY id"
        )
        announced = (await session.scalars(facts)).all()
        audited = (await session.scalars(actions)).all()

    assert announced == [f"unison.equipment_{fact}" for fact in ("added", "changed", "removed")]
    assert audited == [f"unison.equipment_{action}" for action in ("add", "change", "remove")]
