"""Tags over HTTP, as who defines them, as a clerk, and as who must not."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_events import create_worker, enqueue
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module

from .customers_over_http import code, created, names, read

COMPANIES = {"field": "kind", "op": "eq", "value": "business"}


async def defined(client: httpx.AsyncClient, **values: object) -> dict[str, Any]:
    answer = await client.post("/customers/tags", json=values)
    assert answer.status_code == 201, answer.text
    tag: dict[str, Any] = answer.json()["data"]
    return tag


async def settled(database: Database, tenant: Tenant) -> int:
    """Events that were delivered until nothing more came of them."""
    drained = await create_worker([module], database, database.clock).drain(tenant.id)
    assert drained.failed_events == 0
    return drained.events


async def test_a_tag_has_a_colour_and_is_put_on_and_taken_off(client: httpx.AsyncClient) -> None:
    tag = await defined(client, name="vip", colour="#2563EB")
    ann = await created(client, name="Ann")
    path = f"/customers/{ann['id']}/tags"

    put = await client.post(f"{path}/{tag['id']}")
    again = await client.post(f"{path}/{tag['id']}")
    listed = (await client.get("/customers/tags")).json()["data"]
    tagged = await names(client, tag="vip")
    off = await client.delete(f"{path}/{tag['id']}")

    assert put.json()["data"] == again.json()["data"] == {"tags": ["vip"]}
    assert [(tag["colour"], tag["customers"]) for tag in listed] == [("#2563eb", 1)]
    assert tagged == ["Ann"]
    assert off.json()["data"] == (await client.get(path)).json()["data"] == {"tags": []}
    assert await names(client, tag="vip") == []
    assert (await read(client, ann))["version"] == 3


async def test_a_rule_tags_those_who_match_at_once_and_as_they_change(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    await created(client, name="Old company", kind="business")
    person = await created(client, name="Person")
    await defined(client, name="company", rule=COMPANIES)
    assert await names(client, tag="company") == ["Old company"]

    await created(client, name="New company", kind="business")
    await client.patch(
        f"/customers/{person['id']}", json={"kind": "business"}, headers={"If-Match": "*"}
    )
    await settled(database, tenant)
    assert await names(client, tag="company") == ["New company", "Old company", "Person"]

    await client.patch(
        f"/customers/{person['id']}", json={"kind": "residential"}, headers={"If-Match": "*"}
    )
    await settled(database, tenant)
    assert await names(client, tag="company") == ["New company", "Old company"]


async def test_a_rule_about_days_decides_anew_by_night(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    rule = {"field": "created_at", "op": "lt", "value": {"days_ago": 30}}
    await created(client, name="Ann")
    await defined(client, name="known", rule=rule)
    await settled(database, tenant)
    assert await names(client, tag="known") == []

    clock.advance(days=31)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, "customers.keep_tags")
    await settled(database, tenant)

    assert await names(client, tag="known") == ["Ann"]


async def test_a_tag_that_a_rule_gives_is_not_given_by_hand(client: httpx.AsyncClient) -> None:
    tag = await defined(client, name="company", rule=COMPANIES)
    ann = await created(client, name="Ann")

    one = await client.post(f"/customers/{ann['id']}/tags/{tag['id']}")
    many = await client.patch(
        "/customers/bulk", json={"customer_ids": [ann["id"]], "add_tags": ["company"]}
    )

    assert code(one) == code(many) == "409 TAG_KEPT_BY_RULE"


@pytest.mark.parametrize(
    "rule",
    [{"field": "tag", "value": "company"}, {"not": {"field": "tag", "value": "itself"}}],
)
async def test_rules_do_not_hang_on_each_other(
    client: httpx.AsyncClient, rule: dict[str, Any]
) -> None:
    await defined(client, name="company", rule=COMPANIES)

    refused = await client.post("/customers/tags", json={"name": "itself", "rule": rule})

    assert code(refused) == "422 TAG_RULE_ON_RULE"


async def test_a_new_name_and_an_end_reach_all_customers(client: httpx.AsyncClient) -> None:
    await created(client, name="Ann", tags=["vip", "a"])
    tag = await defined(client, name="vip")
    path = f"/customers/tags/{tag['id']}"

    renamed = await client.patch(path, json={"name": "gold"}, headers={"If-Match": '"1"'})
    stale = await client.patch(path, json={"name": "tin"}, headers={"If-Match": '"1"'})
    after_renaming = (await names(client, tag="gold"), await names(client, tag="vip"))
    removed = await client.delete(path)

    assert renamed.json()["data"]["name"] == "gold"
    assert code(stale) == "412 VERSION_MISMATCH"
    assert after_renaming == (["Ann"], [])
    assert removed.status_code == 204
    assert await names(client, tag="gold") == []
    assert await names(client, tag="a") == ["Ann"]


async def test_a_name_is_defined_once_and_a_colour_is_one(client: httpx.AsyncClient) -> None:
    await defined(client, name="vip")

    twice = await client.post("/customers/tags", json={"name": "vip"})
    colourless = await client.post("/customers/tags", json={"name": "b", "colour": "red;}"})

    assert code(twice) == "409 TAG_NAME_TAKEN"
    assert code(colourless) == "422 VALIDATION_FAILED"


async def test_a_clerk_tags_and_does_not_define(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant, client: httpx.AsyncClient
) -> None:
    tag = await defined(client, name="vip")
    ann = await created(client, name="Ann")
    clerk = signed_in(tenant, "customers:read", "customers:write")
    reader = signed_in(tenant, "customers:read")
    other = signed_in(second_tenant)
    path = f"/customers/{ann['id']}/tags/{tag['id']}"

    assert (await clerk.post(path)).status_code == 200
    denied = [
        await clerk.post("/customers/tags", json={"name": "b"}),
        await clerk.patch(f"/customers/tags/{tag['id']}", json={"name": "b"}),
        await clerk.delete(f"/customers/tags/{tag['id']}"),
        await reader.delete(path),
    ]
    assert {code(answer) for answer in denied} == {"403 PERMISSION_DENIED"}
    assert code(await other.post(path)) == "404 TAG_NOT_FOUND"
    assert (await other.get("/customers/tags")).json()["data"] == []
