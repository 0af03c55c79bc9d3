"""Addresses over HTTP, as a clerk, and as who must not."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_events import create_worker
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module

from .customers_over_http import code, created, names, read

STOCKHOLM = {
    "line1": "Sveavägen 1",
    "postal_code": "111 57",
    "city": "Stockholm",
    "country": "SE",
}


async def added(
    client: httpx.AsyncClient, customer: dict[str, Any], kind: str, **more: object
) -> dict[str, Any]:
    body = {**STOCKHOLM, "kind": kind, **more}
    answer = await client.post(f"/customers/{customer['id']}/addresses", json=body)
    assert answer.status_code == 201, answer.text
    address: dict[str, Any] = answer.json()["data"]
    return address


async def of(client: httpx.AsyncClient, customer: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.get(f"/customers/{customer['id']}/addresses")
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_many_of_a_kind_one_of_them_primary(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann")
    path = f"/customers/{ann['id']}/addresses"
    home = await added(client, ann, "service", label="Home")
    hut = await added(client, ann, "service", label="Hut", line1="Skogen 2")
    await added(client, ann, "billing")

    await client.post(f"{path}/{hut['id']}/primary")
    moved = [(a["kind"], a["label"], a["is_primary"]) for a in await of(client, ann)]
    await client.delete(f"{path}/{hut['id']}")
    left = await client.get(f"{path}/{home['id']}")

    assert (home["is_primary"], hut["is_primary"]) == (True, False)
    assert home["lines"] == ["Sveavägen 1", "SE-111 57 STOCKHOLM", "SWEDEN"]
    assert moved == [
        ("billing", None, True),
        ("service", "Hut", True),
        ("service", "Home", False),
    ]
    assert left.json()["data"]["is_primary"] is True


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ({"country": "SE", "city": "Stockholm"}, {"postal_code": "is needed"}),
        (
            {"country": "SE", "city": "Stockholm", "postal_code": "1234"},
            {"postal_code": "does not exist there"},
        ),
        (
            {"country": "US", "city": "Austin", "postal_code": "73301", "region": "Bavaria"},
            {"region": "does not exist there"},
        ),
        ({"country": "DE", "postal_code": "10115"}, {"city": "is needed"}),
    ],
)
async def test_what_a_country_does_not_deliver_to_is_refused(
    client: httpx.AsyncClient, address: dict[str, str], wrong: dict[str, str]
) -> None:
    ann = await created(client, name="Ann")

    answer = await client.post(
        f"/customers/{ann['id']}/addresses",
        json={"kind": "service", "line1": "Main Street 1", **address},
    )

    assert code(answer) == "422 UNDELIVERABLE_ADDRESS"
    assert answer.json()["error"]["details"]["fields"] == wrong


async def test_a_region_is_kept_by_its_code_and_forms_name_them(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann")
    texas = {"country": "US", "city": "Austin", "postal_code": "73301", "region": "Texas"}

    address = await added(client, ann, "legal", **texas)
    form = (await client.get("/address-forms/us")).json()["data"]
    unknown = await client.get("/address-forms/XX")

    assert (address["region"], address["city"]) == ("TX", "Austin")
    assert {"code": "TX", "name": "Texas"} in form["regions"]
    assert (form["region_is_called"], form["postal_code_is_called"]) == ("state", "zip")
    assert set(form["required"]) == {"line1", "city", "region", "postal_code"}
    assert unknown.status_code == 422


async def test_the_primary_mailing_address_is_the_one_of_the_profile(
    client: httpx.AsyncClient,
) -> None:
    ann = await created(client, name="Ann", address=STOCKHOLM)
    [mailing] = await of(client, ann)
    other = await added(client, ann, "mailing", line1="Drottninggatan 5", is_primary=True)

    shown = await read(client, ann)
    cleared = await client.patch(
        f"/customers/{ann['id']}", json={"address": None}, headers={"If-Match": "*"}
    )

    assert mailing["kind"] == "mailing"
    assert shown["address"]["line1"] == other["line1"] == "Drottninggatan 5"
    assert shown["version"] == 2
    assert cleared.json()["data"]["address"]["line1"] == "Sveavägen 1"
    assert [a["is_primary"] for a in await of(client, ann)] == [True]


async def test_another_place_has_to_be_verified_and_located_anew(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann")
    point = {"latitude": 59.334591, "longitude": 18.06324}
    home = await added(client, ann, "service", coordinates=point)
    path = f"/customers/{ann['id']}/addresses/{home['id']}"
    verified = await client.post(f"{path}/verify")

    relabelled = await client.patch(
        path, json={"label": "Home"}, headers={"If-Match": verified.headers["etag"]}
    )
    moved = await client.patch(
        path, json={"line1": "Sveavägen 3"}, headers={"If-Match": relabelled.headers["etag"]}
    )
    stale = await client.patch(
        path, json={"label": "Old"}, headers={"If-Match": verified.headers["etag"]}
    )

    assert (home["latitude"], home["longitude"]) == (59.334591, 18.06324)
    assert relabelled.json()["data"]["verified_at"] is not None
    assert moved.json()["data"]["verified_at"] is None
    assert moved.json()["data"]["latitude"] is None
    assert code(stale) == "412 VERSION_MISMATCH"


async def test_addresses_are_told_on_the_timeline_without_saying_where(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    home = await added(client, ann, "installation")
    await client.delete(f"/customers/{ann['id']}/addresses/{home['id']}")
    await create_worker([module], database, database.clock).drain(tenant.id)

    told = (await client.get(f"/customers/{ann['id']}/timeline")).json()["data"]

    assert {entry["title"] for entry in told} >= {
        "An installation address was added.",
        "An installation address was removed.",
    }


async def test_an_address_is_of_one_customer(client: httpx.AsyncClient) -> None:
    ann, ben = await created(client, name="Ann"), await created(client, name="Ben")
    home = await added(client, ann, "service")

    answer = await client.get(f"/customers/{ben['id']}/addresses/{home['id']}")

    assert code(answer) == "404 ADDRESS_NOT_FOUND"


async def test_who_may_only_read_changes_no_address(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    home = await added(client, ann, "service")
    path = f"/customers/{ann['id']}/addresses"
    reader = signed_in(tenant, "customers:read")

    seen = await reader.get(path)
    refused = [
        await reader.post(path, json={**STOCKHOLM, "kind": "service"}),
        await reader.patch(f"{path}/{home['id']}", json={"label": "x"}, headers={"If-Match": "*"}),
        await reader.delete(f"{path}/{home['id']}"),
        await reader.post(f"{path}/{home['id']}/primary"),
        await reader.post(f"{path}/{home['id']}/verify"),
    ]

    assert len(seen.json()["data"]) == 1
    assert {answer.status_code for answer in refused} == {403}


async def test_ansecond_tenant_sees_none(
    client: httpx.AsyncClient, signed_in: SignedIn, second_tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    await added(client, ann, "service")

    answer = await signed_in(second_tenant).get(f"/customers/{ann['id']}/addresses")

    assert code(answer) == "404 CUSTOMER_NOT_FOUND"
    assert await names(signed_in(second_tenant)) == []
