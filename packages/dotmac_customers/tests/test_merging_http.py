"""Finding duplicates and making one customer of two, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers.merging.chosen import chosen_values
from dotmac_customers.merging.likeness import likeness

from .customers_over_http import code, created, names, read

HOME = {"line1": "Storgatan 1", "city": "Umeå", "postal_code": "903 26", "country": "SE"}


async def merge(
    client: httpx.AsyncClient, kept: dict[str, Any], merged: dict[str, Any], *take: str
) -> httpx.Response:
    return await client.post(
        f"/customers/{kept['id']}/merge", json={"merged_id": merged["id"], "take": list(take)}
    )


async def found(client: httpx.AsyncClient, path: str = "/customers/duplicates") -> list[Any]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return [
        ({pair["one"]["name"], pair["other"]["name"]}, pair["score"], pair["signs"])
        for pair in answer.json()["data"]
    ]


async def test_pairs_are_found_by_what_they_have_in_common(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann Berg", email="ann@x.se", phone="+46 70 123 45 67")
    await created(client, name="A. Berg", email="ANN@x.se", phone="070-1234567")
    await created(client, name="Åsa Ek", address=HOME)
    await created(client, name="asa ek", address={**HOME, "postal_code": "90326"})
    await created(client, name="Firm", tax_id="SE 5560-12", kind="business")
    await created(client, name="Firm AB", tax_id="se556012", kind="business")
    await created(client, name="Nobody's double", phone="1")

    assert await found(client) == [
        ({"Ann Berg", "A. Berg"}, 75, ["email", "phone"]),
        ({"Firm", "Firm AB"}, 60, ["tax_id"]),
        ({"Åsa Ek", "asa ek"}, 35, ["name_and_postal_code"]),
    ]
    assert await found(client, "/customers/duplicates?min_score=60&per_page=1&page=2") == [
        ({"Firm", "Firm AB"}, 60, ["tax_id"]),
    ]
    assert len(await found(client, f"/customers/{ann['id']}/duplicates")) == 1


async def test_what_a_crowd_shares_is_no_sign(client: httpx.AsyncClient) -> None:
    crowd = [{"name": f"Flat {n}", "email": "agent@x.se"} for n in range(21)]
    await client.post("/customers/bulk", json={"customers": crowd})

    assert await found(client) == []


async def test_the_kept_one_has_everything_and_the_other_leads_to_it(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    kept = await created(client, name="Ann", email="ann@x.se", tags=["a"])
    merged = await created(
        client,
        name="Ann B.",
        email="old@x.se",
        phone="070-1",
        external_id="CRM-1",
        tags=["b"],
        address=HOME,
    )
    child = await created(client, name="Site", parent_id=merged["id"], level="site")
    made = await client.post("/customers/segments", json={"name": "Campaign"})
    segment = made.json()["data"]["id"]
    await client.post(
        f"/customers/segments/{segment}/members", json={"customer_ids": [merged["id"]]}
    )

    answer = await merge(client, kept, merged, "email")

    one, other = answer.json()["data"], await read(client, merged)
    assert (one["name"], one["email"], one["phone"]) == ("Ann", "old@x.se", "070-1")
    assert (one["external_id"], one["tags"], one["address"]["city"]) == (
        *("CRM-1", ["a", "b"]),
        "Umeå",
    )
    assert (other["merged_into_id"], other["state"], other["state_reason"]) == (
        *(kept["id"], "churned", "duplicate"),
    )
    assert other["external_id"] is None
    assert (await read(client, child))["parent_id"] == kept["id"]
    assert await names(client, tag="b") == await names(client, segment_id=segment) == ["Ann"]
    assert await names(client, q="old@x.se") == ["Ann", "Ann B."]
    assert await found(client) == []
    async with database.transaction(tenant.id) as session:
        [row] = await session.execute(sa.text("SELECT taken, moved, actor FROM customers.merges"))
        facts = await session.scalars(sa.text("SELECT name FROM events.outbox"))
        audited = await session.scalar(
            sa.text("SELECT after FROM core.audit_log WHERE action = 'customers.merge'")
        )
    assert (sorted(row.taken), row.actor) == (["email", "external_id", "phone"], "somebody")
    assert row.moved == audited["moved"] == {"addresses": 1, "customers": 1}
    assert {"customers.customers_merged", "customers.customer_churned"} <= set(facts)


async def test_who_was_merged_is_changed_no_more(client: httpx.AsyncClient) -> None:
    kept, merged = await created(client, name="Ann"), await created(client, name="Ann B.")
    await merge(client, kept, merged)
    path = f"/customers/{merged['id']}"

    refused = [
        await client.patch(path, json={"name": "C"}, headers={"If-Match": "*"}),
        await client.post(f"{path}/state", json={"state": "active", "reason": "won_back"}),
        await merge(client, kept, merged),
        await merge(client, merged, kept),
        await client.put(f"{path}/parent", json={}, headers={"If-Match": "*"}),
    ]

    assert {code(answer) for answer in refused} == {"409 CUSTOMER_MERGED"}
    assert refused[0].json()["error"]["details"]["merged_into_id"] == kept["id"]
    bulk = await client.patch(
        "/customers/bulk", json={"customer_ids": [merged["id"]], "add_tags": ["x"]}
    )
    assert bulk.json()["data"]["matched"] == 0


async def test_a_chain_of_merges_leads_to_the_last(client: httpx.AsyncClient) -> None:
    first, second, last = [await created(client, name=name) for name in ("A", "B", "C")]

    await merge(client, second, first)
    await merge(client, last, second)

    assert (await read(client, first))["merged_into_id"] == last["id"]


async def test_two_who_cannot_become_one_are_refused(client: httpx.AsyncClient) -> None:
    top = await created(client, name="Top")
    below = await created(client, name="Below", parent_id=top["id"])
    await created(client, name="Leaf", parent_id=below["id"])
    site = await created(client, name="Site", parent_id=top["id"], level="site")
    crowded = await created(client, name="Crowded", tags=[f"a{n}" for n in range(30)])
    tagged = await created(client, name="Tagged", tags=[f"b{n}" for n in range(30)])

    assert code(await merge(client, below, top)) == "409 MERGE_REFUSED"
    assert code(await merge(client, crowded, tagged)) == "409 MERGE_REFUSED"
    assert code(await merge(client, site, below)) == "422 INVALID_PLACE"
    assert code(await merge(client, top, top)) == "422 INVALID_MERGE"
    assert code(await merge(client, top, below, "number")) == "422 INVALID_MERGE"
    assert (await merge(client, top, below)).status_code == 200


async def test_a_clerk_does_not_merge_and_nobody_merges_across_tenants(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant, client: httpx.AsyncClient
) -> None:
    one, two = await created(client, name="A"), await created(client, name="B")
    other = signed_in(second_tenant)
    theirs = await created(other, name="C")

    assert code(await merge(signed_in(tenant, "customers:read", "customers:write"), one, two)) == (
        "403 PERMISSION_DENIED"
    )
    assert code(await merge(other, theirs, one)) == "404 CUSTOMER_NOT_FOUND"
    assert code(await merge(other, one, theirs)) == "404 CUSTOMER_NOT_FOUND"
    assert await found(other) == []


@pytest.mark.parametrize(
    ("signs", "score"),
    [([], 0), (["phone"], 30), (["email", "phone"], 75), (["tax_id", "email", "phone"], 100)],
)
def test_more_in_common_is_surer(signs: list[str], score: int) -> None:
    assert likeness(signs) == score


def test_what_is_missing_is_taken_and_what_is_there_only_on_purpose() -> None:
    kept = {"email": "a", "phone": None, "notes": "", "language": "sv"}
    merged = {"email": "b", "phone": "1", "notes": "n", "language": None}

    assert chosen_values(kept, merged, []) == {"phone": "1", "notes": "n"}
    assert chosen_values(kept, merged, ["email", "language"]) == {
        "email": "b",
        "phone": "1",
        "notes": "n",
    }
