"""Service areas over HTTP, as who draws them, as a clerk who asks, and as who must not."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.testing import Tenant

from .customers_over_http import code, created
from .test_addresses_http import added


def square(west: float, south: float, size: float) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


# A town of two degrees with a lake of one degree in its middle.
TOWN = {"type": "Polygon", "coordinates": [square(10, 50, 2), square(10.5, 50.5, 1)]}
BOW_TIE = [[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]
ISLANDS = {"type": "MultiPolygon", "coordinates": [[square(11.5, 51.5, 1)], [square(20, 60, 1)]]}


async def drawn(client: httpx.AsyncClient, **values: object) -> dict[str, Any]:
    answer = await client.post("/service-areas", json=values)
    assert answer.status_code == 201, answer.text
    area: dict[str, Any] = answer.json()["data"]
    return area


async def offered(client: httpx.AsyncClient, *points: tuple[float, float]) -> list[list[str]]:
    places = [{"latitude": latitude, "longitude": longitude} for latitude, longitude in points]
    answer = await client.post("/service-areas/check", json={"places": places})
    assert answer.status_code == 200, answer.text
    return [place["offers"] for place in answer.json()["data"]]


async def test_places_are_checked_against_holes_edges_and_islands(
    client: httpx.AsyncClient,
) -> None:
    town = await drawn(client, name="Town", offers=["fiber", "dsl"], geometry=TOWN)
    await drawn(client, name="Islands", offers=["radio"], geometry=ISLANDS)
    await drawn(client, name="Planned", offers=["5g"], geometry=TOWN, is_active=False)

    found = await offered(
        client,
        *((50.2, 10.2), (51.0, 11.0), (50.0, 10.0), (51.8, 11.8), (60.5, 20.5), (0, 0)),
    )

    assert found == [
        ["dsl", "fiber"],  # in the town
        [],  # in its lake
        ["dsl", "fiber"],  # on its corner
        ["dsl", "fiber", "radio"],  # where town and island overlap
        ["radio"],  # on the other island
        [],  # in the sea
    ]
    assert [town[edge] for edge in ("west", "south", "east", "north")] == [10, 50, 12, 52]


async def test_an_address_with_coordinates_is_checked(client: httpx.AsyncClient) -> None:
    await drawn(client, name="Town", offers=["fiber"], geometry=TOWN)
    ann = await created(client, name="Ann")
    point = {"latitude": 50.2, "longitude": 10.2}
    home = await added(client, ann, "service", coordinates=point)
    hut = await added(client, ann, "service")

    async def checked(**place: object) -> httpx.Response:
        return await client.post("/service-areas/check", json={"places": [place]})

    placed = await checked(address_id=home["id"])
    nowhere = await checked(address_id=hut["id"])
    both = await checked(address_id=home["id"], **point)

    assert [(p["is_served"], p["offers"]) for p in placed.json()["data"]] == [(True, ["fiber"])]
    assert code(nowhere) == "422 ADDRESS_NOT_PLACED"
    assert both.status_code == 422


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, "not a Polygon"),
        ({"type": "Polygon", "coordinates": "everywhere"}, "not rings"),
        (
            {"type": "Polygon", "coordinates": [BOW_TIE]},
            "Self-intersection",
        ),
        ({"type": "Polygon", "coordinates": [square(170, 80, 20)]}, "leaves the earth"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "FeatureCollection", "features": []}, "no polygon"),
    ],
)
async def test_what_is_no_area_is_refused_with_its_reason(
    client: httpx.AsyncClient, geometry: dict[str, object], reason: str
) -> None:
    answer = await client.post("/service-areas", json={"name": "X", "geometry": geometry})

    assert code(answer) == "422 INVALID_AREA"
    assert reason in answer.json()["error"]["message"]


async def test_an_area_is_drawn_anew_renamed_and_removed(client: httpx.AsyncClient) -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": TOWN}
    collection = {"type": "FeatureCollection", "features": [feature]}
    town = await drawn(client, name="Town", offers=["fiber"], geometry=collection)
    await drawn(client, name="Islands", geometry=ISLANDS)
    path = f"/service-areas/{town['id']}"

    moved = await client.patch(
        path, json={"geometry": ISLANDS, "offers": ["dsl"]}, headers={"If-Match": '"1"'}
    )
    taken = await client.patch(path, json={"name": "Islands"}, headers={"If-Match": '"2"'})
    stale = await client.patch(path, json={"name": "Old"}, headers={"If-Match": '"1"'})
    listed = (await client.get("/service-areas")).json()
    await client.delete(path)

    assert moved.json()["data"]["geometry"] == ISLANDS
    assert await offered(client, (60.5, 20.5)) == [[]]
    assert code(taken) == "409 SERVICE_AREA_NAME_TAKEN"
    assert code(stale) == "412 VERSION_MISMATCH"
    assert [area["name"] for area in listed["data"]] == ["Islands", "Town"]
    assert code(await client.get(path)) == "404 SERVICE_AREA_NOT_FOUND"


async def test_a_clerk_asks_but_does_not_draw(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant
) -> None:
    town = await drawn(client, name="Town", offers=["fiber"], geometry=TOWN)
    clerk = signed_in(tenant, "customers:read", "customers:write")
    path = f"/service-areas/{town['id']}"

    refused = [
        await clerk.post("/service-areas", json={"name": "Mine", "geometry": TOWN}),
        await clerk.patch(path, json={"name": "Mine"}, headers={"If-Match": "*"}),
        await clerk.delete(path),
    ]

    assert {answer.status_code for answer in refused} == {403}
    assert await offered(clerk, (50.2, 10.2)) == [["fiber"]]
    assert await offered(signed_in(second_tenant), (50.2, 10.2)) == [[]]
