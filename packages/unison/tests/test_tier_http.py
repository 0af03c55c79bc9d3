"""Maintenance belongs to the professional tier and to those above it, on every route."""

from __future__ import annotations

import httpx
import pytest

from dotmac_api_gateway.routing import GatewayRoute, mounted
from dotmac_core_ops.database import Database, new_id
from dotmac_identity import EntitlementService
from dotmac_identity.testing import Organisation
from unison import module

ROUTES = [
    route for router in module.routers for route in mounted(router, prefix="", module=module.name)
]


async def answers(client: httpx.AsyncClient) -> dict[str, httpx.Response]:
    """What every route of the package answers, by method and path."""
    return {
        f"{method} {route.path}": await _answer(client, method, route)
        for route in ROUTES
        for method in route.methods or ()
    }


async def _answer(client: httpx.AsyncClient, method: str, route: GatewayRoute) -> httpx.Response:
    path = route.path.format_map({"equipment_id": new_id(), "schedule_id": new_id()})
    return await client.request(method, path, headers={"If-Match": "*"})


async def test_starter_is_told_on_every_route_which_tier_it_needs(
    client: httpx.AsyncClient, database: Database, plant: Organisation
) -> None:
    async with database.transaction(plant.profile.id) as session:
        await EntitlementService.within(session).grant("STARTER", {"tier": "starter"})

    refused = {
        name: (
            answer.status_code,
            answer.json()["error"]["code"],
            answer.json()["error"]["details"],
        )
        for name, answer in (await answers(client)).items()
    }

    needed = (403, "TIER_REQUIRED", {"needed": "professional", "present": "starter"})
    assert len(refused) == 14
    assert set(refused) == {name for name, answer in refused.items() if answer == needed}


@pytest.mark.parametrize("tier", ["professional", "enterprise"])
async def test_professional_and_above_come_in(
    client: httpx.AsyncClient, database: Database, plant: Organisation, tier: str
) -> None:
    async with database.transaction(plant.profile.id) as session:
        await EntitlementService.within(session).grant(tier.upper(), {"tier": tier})

    statuses = {name: answer.status_code for name, answer in (await answers(client)).items()}

    assert 403 not in statuses.values()
    assert statuses["GET /pm-schedules"] == statuses["GET /equipment"] == 200


async def test_the_documents_of_the_api_name_the_refusal(client: httpx.AsyncClient) -> None:
    paths = (await client.get("http://test/openapi.json")).json()["paths"]
    routes = [
        operation
        for path, operations in paths.items()
        if path.startswith(("/api/v1/equipment", "/api/v1/pm-schedules"))
        for operation in operations.values()
    ]

    assert len(routes) == 14
    for operation in routes:
        assert "TIER_REQUIRED" in operation["responses"]["403"]["x-error-codes"]
