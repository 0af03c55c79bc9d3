"""Changing many customers over HTTP, as who may, and as who must not."""

from __future__ import annotations

from typing import Any

import asyncpg
import httpx
import pytest
import sqlalchemy as sa

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerKind, CustomerService, CustomerState, NewCustomer, Reason
from dotmac_customers.bulk.edit import BulkEdit, BulkMove
from dotmac_customers.bulk.service import BulkService
from dotmac_customers.filters.target import Target

from .customers_over_http import code, created, names, read

COMPANIES = {"field": "kind", "op": "eq", "value": "business"}


async def bulk(client: httpx.AsyncClient, **body: object) -> dict[str, Any]:
    answer = await client.patch("/customers/bulk", json=body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["data"]
    return result


async def test_all_who_match_are_tagged_edited_and_moved(client: httpx.AsyncClient) -> None:
    firm = await created(client, name="Firm", kind="business", tags=["old"])
    left = await created(client, name="Left", kind="business", state="churned")
    ann = await created(client, name="Ann")

    result = await bulk(
        client,
        filter=COMPANIES,
        add_tags=["b2b"],
        remove_tags=["old"],
        fields={"language": "sv"},
        move={"state": "suspended", "reason": "non_payment", "note": "The whole chain."},
    )

    assert result == {
        "matched": 2,
        "tagged": 2,
        "assigned": 0,
        "edited": 2,
        "moved": 1,
        "dry_run": False,
    }
    assert await names(client, tag="b2b") == ["Firm", "Left"]
    firm, left = await read(client, firm), await read(client, left)
    assert (firm["tags"], firm["language"], firm["state"]) == (["b2b"], "sv", "suspended")
    assert left["state"] == "churned"
    assert await read(client, ann) == ann
    [move] = (await client.get(f"/customers/{firm['id']}/state-changes")).json()["data"]
    assert (move["from_state"], move["reason"], move["note"]) == (
        *("active", "non_payment"),
        "The whole chain.",
    )


async def test_a_dry_run_counts_and_changes_nothing(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    firm = await created(client, name="Firm", kind="business")

    trial = await bulk(client, filter=COMPANIES, add_tags=["b2b"], dry_run=True)

    assert (trial["matched"], trial["tagged"], trial["dry_run"]) == (1, 1, True)
    assert await read(client, firm) == firm
    async with database.transaction(tenant.id) as session:
        facts = await session.scalars(sa.text("SELECT name FROM events.outbox"))
        assert facts.all() == ["customers.customer_created"]
    assert (await bulk(client, filter=COMPANIES, add_tags=["b2b"]))["tagged"] == trial["tagged"]


async def test_who_has_it_already_is_not_touched(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann", tags=["vip"], language="sv")

    result = await bulk(
        client, customer_ids=[ann["id"]], add_tags=["vip"], fields={"language": "sv"}
    )

    assert (result["matched"], result["tagged"], result["edited"]) == (1, 0, 0)
    assert (await read(client, ann))["version"] == 1


async def test_a_segment_and_a_filter_must_both_hold(client: httpx.AsyncClient) -> None:
    firm = await created(client, name="Firm", kind="business")
    ann = await created(client, name="Ann")
    made = await client.post("/customers/segments", json={"name": "Campaign"})
    segment_id = made.json()["data"]["id"]
    await client.post(
        f"/customers/segments/{segment_id}/members",
        json={"customer_ids": [firm["id"], ann["id"]]},
    )

    result = await bulk(client, segment_id=segment_id, filter=COMPANIES, add_tags=["x"])

    assert result["matched"] == 1
    assert await names(client, tag="x") == ["Firm"]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"add_tags": ["a"]}, "422 BULK_NOTHING_TO_DO"),
        ({"filter": COMPANIES}, "422 BULK_NOTHING_TO_DO"),
        ({"filter": {"field": "secret"}, "add_tags": ["a"]}, "422 INVALID_FILTER"),
        ({"filter": COMPANIES, "fields": {"language": "Swedish"}}, "422 INVALID_CUSTOMER"),
        ({"filter": COMPANIES, "fields": {"number": "C-1"}}, "422 VALIDATION_FAILED"),
        (
            {"filter": COMPANIES, "fields": {"custom_fields": {"nothing": 1}}},
            "422 INVALID_CUSTOM_FIELDS",
        ),
        (
            {"filter": COMPANIES, "move": {"state": "suspended", "reason": "signed"}},
            "422 UNFIT_REASON",
        ),
        (
            {
                "filter": COMPANIES,
                "assignee_id": "018f0000-0000-7000-8000-000000000000",
            },
            "404 USER_NOT_FOUND",
        ),
    ],
)
async def test_what_cannot_be_done_to_many_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any], refusal: str
) -> None:
    await created(client, name="Firm", kind="business")

    assert code(await client.patch("/customers/bulk", json=body)) == refusal


async def test_who_may_change_one_may_not_change_all(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant, client: httpx.AsyncClient
) -> None:
    ann = await created(client, name="Ann")
    clerk = signed_in(tenant, "customers:read", "customers:write")
    body = {"customer_ids": [ann["id"]], "add_tags": ["mine"]}

    denied = await clerk.patch("/customers/bulk", json=body)
    elsewhere = await bulk(signed_in(second_tenant), **body)

    assert code(denied) == "403 PERMISSION_DENIED"
    assert elsewhere["matched"] == 0
    assert await read(client, ann) == ann


async def test_ten_thousand_take_as_many_statements_as_ten(
    database: Database, tenant: Tenant
) -> None:
    edit = BulkEdit(
        add_tags=("b2b",),
        fields={"language": "sv"},
        move=BulkMove(CustomerState.SUSPENDED, Reason.OTHER),
    )
    counts = []
    for size in (10, 9_990):
        async with database.transaction(tenant.id) as session:
            made = await CustomerService.within(session).create_many(
                [NewCustomer(name=f"C {n}", kind=CustomerKind.BUSINESS) for n in range(size)]
            )
        async with database.transaction(tenant.id) as session:
            statements: list[str] = []

            def count(record: asyncpg.connection.LoggedQuery, into: list[str] = statements) -> None:
                into.append(record.query)

            with (await driver_connection(session)).query_logger(count):
                target = Target(tuple(customer.id for customer in made))
                result = await BulkService(session).edit(target, edit)
        assert (result.tagged, result.edited, result.moved) == (size, size, size)
        tagging = [each for each in statements if "SET tags = wanted.tags" in each]
        assert len(tagging) == 1
        counts.append(len(statements))

    # More rows go by COPY, which makes and empties a stage: a few statements for each table.
    assert counts[1] <= counts[0] + 10
