"""The workshop of the sample, in which some maintenance is overdue."""

from __future__ import annotations

from typing import Any

import httpx

from dotmac_api_gateway.testing import signed_in_clients
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import TEST_NOW, Tenant
from dotmac_identity.testing import Organisation, cheap_passwords
from dotmac_platform.samples.plant import build_plant
from unison import module


async def schedules(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await client.get("/pm-schedules", params={"per_page": "100", **query})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def test_what_is_overdue_in_the_sample_is_done_and_leaves_the_list(
    database: Database,
) -> None:
    organisation = await Organisation.founded(database, cheap_passwords())
    plant, owner = organisation.profile, await organisation.owner()
    async with database.transaction(plant.id) as session:
        await build_plant(session, TEST_NOW.date(), owner.id)
    async with signed_in_clients(database, module) as signed_in:
        client = signed_in(Tenant(plant.id, plant.slug))
        machines = (await client.get("/equipment?per_page=100")).json()["data"]
        everything = await schedules(client)
        overdue = await schedules(client, is_overdue="true")
        for schedule in overdue:
            path = f"/pm-schedules/{schedule['id']}"
            assert (await client.post(f"{path}/complete", json={})).status_code == 200
        left = await schedules(client, is_overdue="true")

    assert (len(machines), len(everything)) == (12, 15)
    assert [row["code"] for row in overdue] == ["UPS-VOLT", "CRAC-02-FILTER", "POL-02-CLEAN"]
    assert all(row["last_completed_on"] for row in everything)
    assert left == []
