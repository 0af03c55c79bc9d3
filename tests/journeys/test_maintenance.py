"""The sample tenant has a workshop, in which some maintenance is overdue."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.journeys.site import Site


async def schedules(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/pm-schedules", params={"per_page": "100", **query})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


@pytest.mark.journey
async def test_what_is_overdue_in_the_sample_is_done_and_leaves_the_list(site: Site) -> None:
    async with site.client(site.first) as client:
        machines = (await client.get("/api/v1/equipment?per_page=100")).json()["data"]
        everything = await schedules(client)
        overdue = await schedules(client, is_overdue="true")
        for schedule in overdue:
            path = f"/api/v1/pm-schedules/{schedule['id']}"
            assert (await client.post(f"{path}/complete", json={})).status_code == 200
        left = await schedules(client, is_overdue="true")

    assert (len(machines), len(everything)) == (12, 15)
    assert [row["code"] for row in overdue] == ["UPS-VOLT", "CRAC-02-FILTER", "POL-02-CLEAN"]
    assert all(row["last_completed_on"] for row in everything)
    assert left == []
