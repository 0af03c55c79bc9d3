"""The sample tenant has a workshop, by the tier that it bought of the operator."""

from __future__ import annotations

import pytest

from dotmac_platform.samples.plant import EQUIPMENT
from tests.journeys.site import Site


@pytest.mark.journey
async def test_the_sample_tenant_finds_its_machines(site: Site) -> None:
    async with site.client(site.first) as client:
        answer = await client.get("/api/v1/equipment?per_page=100")

    assert answer.status_code == 200, answer.text
    # Other journeys add machines, and take some away.
    assert {row["code"] for row in answer.json()["data"]} & {one.code for one in EQUIPMENT}
