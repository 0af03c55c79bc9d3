"""Accounts, sub-accounts and sites over HTTP, as a clerk, and as who must not."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.database import new_id
from dotmac_core_ops.testing import Tenant

from .customers_over_http import code, created, names, read


async def put_below(
    client: httpx.AsyncClient, customer: dict[str, Any], parent: dict[str, Any] | None, **more: str
) -> httpx.Response:
    body = {"parent_id": None if parent is None else parent["id"], **more}
    return await client.put(
        f"/customers/{customer['id']}/parent", json=body, headers={"If-Match": "*"}
    )


async def chain(client: httpx.AsyncClient, *called: str) -> list[dict[str, Any]]:
    """Customers of which each stands below the one before."""
    made: list[dict[str, Any]] = []
    for name in called:
        parent = {"parent_id": made[-1]["id"]} if made else {}
        made.append(await created(client, name=name, **parent))
    return made


async def test_a_branch_is_read_with_what_is_above_it_and_what_it_amounts_to(
    client: httpx.AsyncClient,
) -> None:
    group, north = await chain(client, "Group", "North")
    await created(client, name="Umeå", parent_id=north["id"], level="site")
    await created(client, name="Luleå", parent_id=north["id"], level="site", state="churned")

    answer = await client.get(f"/customers/{north['id']}/branch")

    found = answer.json()["data"]
    assert [above["name"] for above in found["above"]] == ["Group"]
    assert [(each["name"], each["level"], each["depth"]) for each in found["branch"]] == [
        *(("North", "sub_account", 1), ("Umeå", "site", 2), ("Luleå", "site", 2)),
    ]
    assert found["totals"] == {
        "customers": 3,
        "levels": 2,
        "sub_accounts": 1,
        "sites": 2,
        "active": 2,
        "suspended": 0,
        "churned": 1,
    }
    assert await names(client, parent_id=group["id"]) == ["North"]


async def test_a_branch_moves_with_all_that_stands_below(client: httpx.AsyncClient) -> None:
    _, north, site = await chain(client, "Group", "North", "Site")
    other = await created(client, name="Other")

    moved = await put_below(client, north, other)
    freed = await put_below(client, north, None)

    assert (moved.json()["data"]["parent_id"], moved.json()["data"]["level"]) == (
        *(other["id"], "sub_account"),
    )
    assert (freed.json()["data"]["parent_id"], freed.json()["data"]["level"]) == (None, "account")
    assert (await read(client, site))["parent_id"] == north["id"]


async def test_nothing_stands_below_itself_or_too_deep(client: httpx.AsyncClient) -> None:
    top, second, *_, deepest = await chain(client, "1", "2", "3", "4", "5")
    pair = await chain(client, "A", "B")

    refused = [
        await put_below(client, top, top),
        await put_below(client, top, deepest),
        await put_below(client, second, deepest),
        await put_below(client, pair[0], deepest),
        await client.post("/customers", json={"name": "6", "parent_id": deepest["id"]}),
        await put_below(client, pair[0], second, level="site"),
        await put_below(client, pair[1], second, level="account"),
    ]

    assert {code(answer) for answer in refused} == {"422 INVALID_PLACE"}
    assert code(await put_below(client, top, {"id": str(new_id())})) == "404 PARENT_NOT_FOUND"


async def test_two_moves_at_once_do_not_close_a_circle(client: httpx.AsyncClient) -> None:
    one, two = await created(client, name="One"), await created(client, name="Two")

    answers = await asyncio.gather(put_below(client, one, two), put_below(client, two, one))

    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_a_move_needs_the_version_that_was_read(client: httpx.AsyncClient) -> None:
    one, two = await created(client, name="One"), await created(client, name="Two")

    stale = await client.put(
        f"/customers/{one['id']}/parent",
        json={"parent_id": two["id"]},
        headers={"If-Match": '"9"'},
    )

    assert code(stale) == "412 VERSION_MISMATCH"


async def test_who_must_not_moves_nothing(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant, client: httpx.AsyncClient
) -> None:
    one, two = await created(client, name="One"), await created(client, name="Two")
    other = signed_in(second_tenant)
    theirs = await created(other, name="Theirs")

    reader = await put_below(signed_in(tenant, "customers:read"), one, two)

    assert code(reader) == "403 PERMISSION_DENIED"
    assert code(await put_below(other, one, theirs)) == "404 CUSTOMER_NOT_FOUND"
    assert code(await put_below(other, theirs, one)) == "404 PARENT_NOT_FOUND"
    assert code(await other.get(f"/customers/{one['id']}/branch")) == "404 CUSTOMER_NOT_FOUND"
