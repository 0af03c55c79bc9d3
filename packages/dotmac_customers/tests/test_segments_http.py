"""Segments over HTTP, as who makes them, as a clerk, and as who must not."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.testing import Tenant

from .customers_over_http import code, created, names

NORTH = {"any": [{"field": "city", "value": "Umeå"}, {"field": "city", "value": "Luleå"}]}


async def made(client: httpx.AsyncClient, **values: object) -> dict[str, Any]:
    answer = await client.post("/customers/segments", json=values)
    assert answer.status_code == 201, answer.text
    segment: dict[str, Any] = answer.json()["data"]
    return segment


def living_in(city: str) -> dict[str, str]:
    return {"line1": "Storgatan 1", "city": city, "country": "SE"}


async def test_a_list_holds_whom_one_puts_on_it(client: httpx.AsyncClient) -> None:
    ann, bo = await created(client, name="Ann"), await created(client, name="Bo")
    segment = await made(client, name="Campaign")
    path = f"/customers/segments/{segment['id']}"

    put = await client.post(f"{path}/members", json={"customer_ids": [ann["id"], bo["id"]]})
    again = await client.post(f"{path}/members", json={"customer_ids": [ann["id"]]})
    both = await names(client, segment_id=segment["id"])
    taken = await client.post(f"{path}/members/remove", json={"customer_ids": [bo["id"]]})

    assert [each.json()["data"]["changed"] for each in (put, again, taken)] == [2, 0, 1]
    assert both == ["Ann", "Bo"]
    assert await names(client, segment_id=segment["id"]) == ["Ann"]
    assert (await client.get(path)).json()["data"]["customers"] == 1


async def test_a_rule_holds_who_matches_at_the_moment(client: httpx.AsyncClient) -> None:
    await created(client, name="Ann", address=living_in("Umeå"))
    bo = await created(client, name="Bo", address=living_in("Malmö"))
    segment = await made(client, name="North", kind="rule", rule=NORTH)
    before = await names(client, segment_id=segment["id"])

    await client.patch(
        f"/customers/{bo['id']}", json={"address": living_in("luleå")}, headers={"If-Match": "*"}
    )

    assert before == ["Ann"]
    assert await names(client, segment_id=segment["id"]) == ["Ann", "Bo"]
    shown = await client.get(f"/customers/segments/{segment['id']}")
    assert shown.json()["data"]["customers"] == 2


async def test_a_rule_is_changed_from_the_version_that_was_read(client: httpx.AsyncClient) -> None:
    segment = await made(client, name="North", kind="rule", rule=NORTH)
    path = f"/customers/segments/{segment['id']}"
    rule = {"field": "name", "op": "begins", "value": "a"}
    await created(client, name="Ann")

    changed = await client.patch(path, json={"rule": rule}, headers={"If-Match": '"1"'})
    stale = await client.patch(path, json={"rule": NORTH}, headers={"If-Match": '"1"'})

    assert changed.json()["data"]["rule"] == rule
    assert code(stale) == "412 VERSION_MISMATCH"
    assert await names(client, segment_id=segment["id"]) == ["Ann"]
    assert (await client.delete(path)).status_code == 204
    answer = await client.get("/customers", params={"segment_id": segment["id"]})
    assert code(answer) == "404 SEGMENT_NOT_FOUND"


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"name": "A", "kind": "rule"}, "422 SEGMENT_RULE"),
        ({"name": "A", "rule": NORTH}, "422 SEGMENT_RULE"),
        ({"name": "A", "kind": "rule", "rule": {"field": "x"}}, "422 INVALID_FILTER"),
        ({"name": "North"}, "409 SEGMENT_NAME_TAKEN"),
    ],
)
async def test_a_segment_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any], refusal: str
) -> None:
    await made(client, name="North")

    assert code(await client.post("/customers/segments", json=body)) == refusal


async def test_nobody_is_put_where_a_rule_decides(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann")
    segment = await made(client, name="North", kind="rule", rule=NORTH)

    refused = await client.post(
        f"/customers/segments/{segment['id']}/members", json={"customer_ids": [ann["id"]]}
    )

    assert code(refused) == "409 SEGMENT_KEPT_BY_RULE"


async def test_a_clerk_fills_lists_and_does_not_make_them(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant, client: httpx.AsyncClient
) -> None:
    ann = await created(client, name="Ann")
    segment = await made(client, name="Campaign")
    path = f"/customers/segments/{segment['id']}"
    clerk = signed_in(tenant, "customers:read", "customers:write")
    other = signed_in(second_tenant)
    theirs = await made(other, name="Theirs")

    filled = await clerk.post(f"{path}/members", json={"customer_ids": [ann["id"]]})
    stolen = await other.post(
        f"/customers/segments/{theirs['id']}/members", json={"customer_ids": [ann["id"]]}
    )

    assert filled.json()["data"] == {"changed": 1}
    assert stolen.json()["data"] == {"changed": 0}
    assert code(await clerk.post("/customers/segments", json={"name": "B"})) == (
        "403 PERMISSION_DENIED"
    )
    assert code(await other.get(path)) == "404 SEGMENT_NOT_FOUND"
