"""Who holds a role for a part of the customers sees and changes those, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

from .customers_over_http import code
from .scopes import DESK, READ, WRITE, Part, Shop


async def names(client: httpx.AsyncClient, query: str = "") -> tuple[set[str], int]:
    answer = await client.get(f"/customers{query}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return {one["name"] for one in body["data"]}, body["meta"]["pagination"]["total"]


def is_named(name: str) -> dict[str, object]:
    return {"field": "name", "op": "eq", "value": name}


async def ruled(client: httpx.AsyncClient, rule: Mapping[str, object]) -> UUID:
    """A new segment of all who match the rule."""
    body = {"name": f"s-{new_id()}", "kind": "rule", "rule": rule}
    answer = await client.post("/customers/segments", json=body)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["data"]["id"])


@pytest.mark.parametrize("query", ["", "?state=prospect", "?sort=name&page=1", "?kind=residential"])
async def test_a_list_is_narrowed_to_an_account_with_all_below_it(
    part: Part, shop: Shop, query: str
) -> None:
    found, total = await names(part.client(shop.account), query)

    assert found <= {"Acme", "Acme Site"}
    assert total == len(found)
    assert query or found == {"Acme", "Acme Site"}


async def test_parts_are_added_up_and_a_segment_is_one(part: Part, shop: Shop) -> None:
    assert await names(part.client(shop.segment)) == ({"Berta"}, 1)
    assert await names(part.client(shop.segment, shop.site)) == ({"Acme Site", "Berta"}, 2)
    assert await names(part.client(shop.account), "?q=berta") == (set(), 0)
    assert await names(part.client(shop.account), "?q=acme") == ({"Acme", "Acme Site"}, 2)


async def test_a_segment_by_rule_is_a_part_that_follows_its_rule(part: Part, shop: Shop) -> None:
    boss = part.client(everywhere=("*",))
    rule = {"any": [{"field": "tag", "op": "eq", "value": "vip"}, is_named("ACME")]}
    segment = await ruled(boss, rule)
    resident = part.client(segment)
    path = f"/customers/{shop.member}"
    vip, any_version = {"tags": ["vip"]}, {"If-Match": "*"}

    before = await names(resident), code(await resident.get(path))
    refused = await resident.patch(path, headers=any_version, json=vip)
    await boss.patch(path, headers=any_version, json=vip)
    after = await names(resident), (await resident.get(path)).status_code
    changed = await resident.patch(path, headers=any_version, json={"name": "Bertha"})
    timeline = await resident.get(f"{path}/timeline")

    assert before == (({"Acme"}, 1), "404 CUSTOMER_NOT_FOUND")
    assert code(refused) == "404 CUSTOMER_NOT_FOUND"
    assert after == (({"Acme", "Berta"}, 2), 200)
    assert (changed.status_code, timeline.status_code) == (200, 200)
    assert await names(resident, "?q=caesar") == (set(), 0)


async def test_parts_of_all_kinds_are_added_up(part: Part, shop: Shop) -> None:
    segment = await ruled(part.client(everywhere=("*",)), is_named("Caesar"))

    found = await names(part.client(segment, shop.segment, shop.site))

    assert found == ({"Acme Site", "Berta", "Caesar"}, 3)


async def test_a_rule_that_makes_no_sense_any_more_holds_nobody(
    part: Part, shop: Shop, database: Database, tenant: Tenant
) -> None:
    segment = await ruled(part.client(everywhere=("*",)), is_named("Caesar"))
    async with database.transaction(tenant.id) as session:
        void = {"rule": '{"field": "custom.gone", "op": "is_set", "value": false}', "id": segment}
        await session.execute(
            sa.text("UPDATE customers.segments SET rule = CAST(:rule AS jsonb) WHERE id = :id"),
            void,
        )
    resident = part.client(segment)

    assert await names(resident) == (set(), 0)
    assert code(await resident.get(f"/customers/{shop.stranger}")) == "404 CUSTOMER_NOT_FOUND"


async def test_parts_that_hold_no_customers_show_nobody(part: Part, shop: Shop) -> None:
    assert await names(part.client(new_id())) == (set(), 0)
    assert await names(part.client(shop.account, kind="reseller")) == (set(), 0)


async def test_customers_outside_are_not_there(part: Part, shop: Shop) -> None:
    resident = part.client(shop.account)
    path = f"/customers/{shop.stranger}"

    inside = await resident.get(f"/customers/{shop.site}")
    read = await resident.get(path)
    changed = await resident.patch(path, headers={"If-Match": "*"}, json={"name": "Mine"})
    moved = await resident.post(
        f"{path}/state", json={"state": "churned", "reason": "customer_request"}
    )

    assert inside.status_code == 200
    assert {code(read), code(changed), code(moved)} == {"404 CUSTOMER_NOT_FOUND"}


async def test_customers_inside_are_changed(part: Part, shop: Shop) -> None:
    resident = part.client(shop.account)

    changed = await resident.patch(
        f"/customers/{shop.site}", headers={"If-Match": "*"}, json={"name": "New Site"}
    )

    assert changed.status_code == 200, changed.text
    assert changed.json()["data"]["name"] == "New Site"


async def test_what_cannot_be_narrowed_is_closed(part: Part, shop: Shop) -> None:
    resident = part.client(shop.account, permissions=(READ, WRITE, "customers:export"))

    made = await resident.post("/customers", json={"name": "New", "kind": "residential"})
    exported = await resident.get("/customers/export")
    many = await resident.post("/customers/bulk", json={"customers": []})

    assert {code(made), code(exported), code(many)} == {"403 SCOPE_NOT_SUPPORTED"}


async def test_reading_everywhere_does_not_widen_writing(part: Part, shop: Shop) -> None:
    resident = part.client(shop.account, permissions=(WRITE,), everywhere=(READ,))
    path = f"/customers/{shop.stranger}"

    assert (await resident.get(path)).status_code == 200
    changed = await resident.patch(path, headers={"If-Match": "*"}, json={"name": "Mine"})
    assert code(changed) == "404 CUSTOMER_NOT_FOUND"


async def test_the_document_says_what_can_be_narrowed(part: Part, shop: Shop) -> None:
    answer = await part.client(shop.account).get("http://test/openapi.json")
    paths = answer.json()["paths"]

    narrowed = {
        (method, path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if operation.get("x-scoped")
    }

    of_a_customer = {
        path for _, path in narrowed if path.startswith("/api/v1/customers/{customer_id}")
    }
    assert {path for _, path in narrowed} - of_a_customer == {
        *("/api/v1/customers", "/api/v1/customer-tasks", "/api/v1/customer-tasks/mine"),
        # About a task, the customer of which is looked up.
        "/api/v1/customer-tasks/{task_id}",
        # About no customer, and needed by whoever works for one.
        *("/api/v1/customer-documents/settings", "/api/v1/address-forms/{country}"),
    }
    assert {path.removeprefix("/api/v1/customers/{customer_id}") for path in of_a_customer} >= {
        *("", "/state", "/timeline", "/tags", "/assignee", "/consents", "/notices"),
        *("/verify-email", "/email-verification-status", "/portal-accounts", "/moves"),
        *("/notes", "/documents", "/tasks", "/contacts", "/contact-methods", "/addresses"),
        *("/branch", "/parent", "/notes/{note_id}", "/documents/{document_id}/link"),
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "timeline"),
        ("GET", "tags"),
        ("PUT", "assignee"),
        ("GET", "state-changes"),
        ("GET", "communication-preferences"),
        ("GET", "consents"),
        ("GET", "email-verification-status"),
        ("DELETE", "quiet-hours"),
        ("GET", "portal-accounts"),
        ("GET", "notes"),
        ("GET", "documents"),
        ("GET", "contacts"),
        ("GET", "contact-methods"),
        ("GET", "addresses"),
        ("GET", "branch"),
    ],
)
async def test_what_belongs_to_a_customer_is_there_within_the_part_only(
    part: Part, shop: Shop, method: str, path: str
) -> None:
    held = (READ, WRITE, "customers:assign", "portal_accounts:read", *DESK)
    resident = part.client(shop.account, permissions=held)
    body = {"user_id": None} if method == "PUT" else None

    inside, outside, nobody = [
        await resident.request(method, f"/customers/{customer_id}/{path}", json=body)
        for customer_id in (shop.site, shop.stranger, new_id())
    ]
    malformed = await resident.request(method, f"/customers/mine/{path}", json=body)

    assert inside.status_code in {200, 204}, inside.text
    assert code(outside) == code(nobody) == "404 CUSTOMER_NOT_FOUND"
    assert code(malformed) == "422 VALIDATION_FAILED"


async def test_only_who_holds_a_right_within_the_part_uses_it_there(part: Part, shop: Shop) -> None:
    resident = part.client(shop.account, permissions=(READ,))

    answer = await resident.post(f"/customers/{shop.site}/verify-email")

    assert code(answer) == "403 PERMISSION_DENIED"
