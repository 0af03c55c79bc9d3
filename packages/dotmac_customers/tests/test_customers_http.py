from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.http import Envelope, Listing
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerService, CustomerState, NewCustomer, Reason
from dotmac_customers.profiles.schemas import CustomerOut, CustomerSummaryOut

SignedIn = Callable[..., httpx.AsyncClient]

ANN = {
    "name": "Ann Berg",
    "email": "Ann@Example.com",
    "tags": ["vip", "fibre"],
    "address": {"line1": "Sveavägen 1", "city": "Stockholm", "country": "SE"},
}


async def created(client: httpx.AsyncClient, **values: object) -> dict[str, Any]:
    answer = await client.post("/customers", json=values)
    assert answer.status_code == 201, answer.text
    customer: dict[str, Any] = answer.json()["data"]
    return customer


async def names(client: httpx.AsyncClient, **query: str) -> list[str]:
    answer = await client.get("/customers", params=query)
    assert answer.status_code == 200, answer.text
    return [customer["name"] for customer in answer.json()["data"]]


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


async def test_a_customer_reads_the_same_wherever_it_is_read(client: httpx.AsyncClient) -> None:
    made = await client.post("/customers", json=ANN)
    customer = made.json()["data"]

    read = await client.get(f"/customers/{customer['id']}")

    assert made.status_code == 201
    assert read.json() == made.json()
    assert read.headers["etag"] == made.headers["etag"] == '"1"'
    assert customer["number"] == "C-000001"
    assert customer["email"] == "ann@example.com"
    assert customer["tags"] == ["fibre", "vip"]
    assert customer["address"] == {
        "line1": "Sveavägen 1",
        "line2": None,
        "city": "Stockholm",
        "region": None,
        "postal_code": None,
        "country": "SE",
    }
    assert customer["created_at"] == "2026-11-20T12:00:00.000000Z"


async def test_the_answers_are_those_that_the_document_promises(
    client: httpx.AsyncClient,
) -> None:
    customer = await created(client, **ANN)
    one = await client.get(f"/customers/{customer['id']}")
    page = await client.get("/customers")

    assert Envelope[CustomerOut].model_validate_json(one.content).data.name == "Ann Berg"
    assert set(one.json()["data"]) == set(CustomerOut.model_fields)
    assert Listing[CustomerSummaryOut].model_validate_json(page.content).meta.pagination.total == 1
    assert set(page.json()["data"][0]) == set(CustomerSummaryOut.model_fields)


async def test_a_change_needs_the_version_that_was_read(client: httpx.AsyncClient) -> None:
    customer = await created(client, **ANN)
    path = f"/customers/{customer['id']}"

    without = await client.patch(path, json={"name": "Ann Lind"})
    stale = await client.patch(path, json={"name": "Ann Lind"}, headers={"If-Match": '"7"'})
    good = await client.patch(path, json={"name": "Ann Lind"}, headers={"If-Match": '"1"'})

    assert code(without) == "428 PRECONDITION_REQUIRED"
    assert code(stale) == "412 VERSION_MISMATCH"
    assert good.json()["data"]["name"] == "Ann Lind"
    assert good.json()["data"]["email"] == "ann@example.com"
    assert good.headers["etag"] == '"2"'


async def test_null_clears_what_may_be_missing(client: httpx.AsyncClient) -> None:
    customer = await created(client, **ANN)
    path = f"/customers/{customer['id']}"

    cleared = await client.patch(
        path, json={"email": None, "address": None, "tags": []}, headers={"If-Match": '"1"'}
    )
    nameless = await client.patch(path, json={"name": None}, headers={"If-Match": '"2"'})

    assert [cleared.json()["data"][field] for field in ("email", "address", "tags")] == [
        None,
        None,
        [],
    ]
    assert code(nameless) == "422 INVALID_CUSTOMER"


async def test_a_move_needs_a_fitting_reason(client: httpx.AsyncClient) -> None:
    customer = await created(client, **ANN)
    path = f"/customers/{customer['id']}/state"

    unfit = await client.post(path, json={"state": "suspended", "reason": "won_back"})
    illegal = await client.post(path, json={"state": "prospect", "reason": "mistake"})
    good = await client.post(path, json={"state": "suspended", "reason": "non_payment"})

    assert code(unfit) == "422 UNFIT_REASON"
    assert code(illegal) == "409 ILLEGAL_CUSTOMER_MOVE"
    assert illegal.json()["error"]["details"]["possible"] == ["churned", "suspended"]
    assert good.json()["data"]["state"] == "suspended"


async def test_many_are_made_at_once_or_none(client: httpx.AsyncClient) -> None:
    wrong = await client.post(
        "/customers/bulk", json={"customers": [ANN, {"name": "B", "email": "no address"}]}
    )
    good = await client.post("/customers/bulk", json={"customers": [ANN, {"name": "B"}]})

    assert code(wrong) == "422 INVALID_EMAIL"
    assert [made["number"] for made in good.json()["data"]] == ["C-000001", "C-000002"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Zoë Dahl", "Åsa Ek", "Bo Müller", "adam berg"]),
        ({"sort": "name"}, ["adam berg", "Åsa Ek", "Bo Müller", "Zoë Dahl"]),
        ({"sort": "-name"}, ["Zoë Dahl", "Bo Müller", "Åsa Ek", "adam berg"]),
        ({"sort": "number"}, ["adam berg", "Bo Müller", "Åsa Ek", "Zoë Dahl"]),
        ({"state": "suspended"}, ["Bo Müller"]),
        ({"state": "active", "sort": "name"}, ["adam berg", "Åsa Ek", "Zoë Dahl"]),
        ({"kind": "business"}, ["Åsa Ek"]),
        ({"tag": "vip", "sort": "name"}, ["adam berg", "Åsa Ek"]),
        ({"tag": "vi"}, []),
        ({"created_after": "2026-11-20T12:02:00Z"}, ["Zoë Dahl", "Åsa Ek"]),
        ({"created_before": "2026-11-20T12:02:00Z"}, ["Bo Müller", "adam berg"]),
        ({"per_page": "2", "page": "2"}, ["Bo Müller", "adam berg"]),
        ({"page": "9"}, []),
        ({"q": "muller"}, ["Bo Müller"]),
        ({"q": "MÜL bo"}, ["Bo Müller"]),
        ({"q": "ber"}, ["adam berg"]),
        ({"q": "a"}, ["adam berg", "Åsa Ek"]),
        ({"q": "asa@ex"}, ["Åsa Ek"]),
        ({"q": "c-000002"}, ["Bo Müller"]),
        ({"q": "2"}, ["Bo Müller"]),
        ({"q": "ext-9"}, ["Zoë Dahl"]),
        ({"q": "%"}, ["adam berg", "Åsa Ek", "Bo Müller", "Zoë Dahl"]),
        ({"q": "berg dahl"}, []),
    ],
)
async def test_a_list_shows_who_is_wanted_in_the_order_wanted(
    client: httpx.AsyncClient,
    clock: FrozenClock,
    query: dict[str, str],
    expected: list[str],
) -> None:
    for customer in (
        {"name": "adam berg", "tags": ["vip"]},
        {"name": "Bo Müller"},
        {"name": "Åsa Ek", "email": "asa@example.com", "tags": ["vip"], "kind": "business"},
        {"name": "Zoë Dahl", "external_id": "EXT-9"},
    ):
        made = await created(client, **customer)
        if customer["name"] == "Bo Müller":
            path = f"/customers/{made['id']}/state"
            await client.post(path, json={"state": "suspended", "reason": "fraud"})
        clock.advance(minutes=1)

    assert await names(client, **query) == expected


async def test_a_misspelt_name_is_found_where_the_database_can(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        trigrams = await session.scalar(
            sa.text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        )
    await created(client, name="Fredrika Andersson")

    assert await names(client, q="Frederika Anderson") == (
        ["Fredrika Andersson"] if trigrams else []
    )
    assert await names(client, q="Gustav") == []


async def test_a_changed_name_and_tag_are_found_and_the_old_ones_not(
    client: httpx.AsyncClient,
) -> None:
    customer = await created(client, **ANN)
    await client.patch(
        f"/customers/{customer['id']}",
        json={"name": "Cecilia Lind", "tags": ["slow"]},
        headers={"If-Match": "*"},
    )

    assert await names(client, q="cecilia") == await names(client, tag="slow") == ["Cecilia Lind"]
    assert await names(client, q="berg") == await names(client, tag="vip") == []
    assert await names(client, sort="name") == ["Cecilia Lind"]


async def test_the_total_counts_all_pages(client: httpx.AsyncClient) -> None:
    bulk = [{"name": f"Customer {n}", "tags": ["even"] if n % 2 == 0 else []} for n in range(7)]
    await client.post("/customers/bulk", json={"customers": bulk})

    everybody = await client.get("/customers", params={"per_page": 3})
    tagged = await client.get("/customers", params={"per_page": 3, "tag": "even"})

    assert everybody.json()["meta"]["pagination"] == {"page": 1, "per_page": 3, "total": 7}
    assert tagged.json()["meta"]["pagination"]["total"] == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"sort": "password"}, "422 INVALID_SORT"),
        ({"state": "asleep"}, "422 VALIDATION_FAILED"),
        ({"created_after": "yesterday"}, "422 VALIDATION_FAILED"),
        ({"page": "0"}, "422 VALIDATION_FAILED"),
        ({"per_page": "201"}, "422 VALIDATION_FAILED"),
    ],
)
async def test_a_list_says_what_is_wrong_with_the_question(
    client: httpx.AsyncClient, query: dict[str, str], expected: str
) -> None:
    assert code(await client.get("/customers", params=query)) == expected


async def test_the_export_holds_everybody_and_no_formula(
    client: httpx.AsyncClient, tenant: Tenant, database: Database
) -> None:
    async with database.transaction(tenant.id) as session:
        await CustomerService.within(session).create_many(
            [NewCustomer(name=f"Customer {n}", phone="+46 8 1") for n in range(1_200)]
        )
    await created(client, name='=HYPERLINK("http://x")', tags=["a", "b"], email="-a@b.se")

    answer = await client.get("/customers/export", params={"sort": "number"})

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(rows) == 1_201
    assert rows[0]["number"] == "C-000001"
    assert rows[0]["phone"] == "'+46 8 1"
    assert rows[-1]["name"] == '\'=HYPERLINK("http://x")'
    assert rows[-1]["email"] == "'-a@b.se"
    assert rows[-1]["tags"] == "a;b"


async def test_an_export_of_some_holds_only_those(
    client: httpx.AsyncClient, tenant: Tenant, database: Database
) -> None:
    async with database.transaction(tenant.id) as session:
        customers = CustomerService.within(session)
        made = await customers.create_many([NewCustomer(name="Stays"), NewCustomer(name="Left")])
        await customers.move(made[1].id, CustomerState.CHURNED, Reason.COMPETITOR)

    answer = await client.get("/customers/export", params={"state": "churned"})

    assert [row["name"] for row in csv.DictReader(io.StringIO(answer.text))] == ["Left"]


async def test_each_route_asks_for_its_own_permission(
    signed_in: SignedIn, tenant: Tenant, client: httpx.AsyncClient
) -> None:
    customer = await created(client, **ANN)
    path = f"/customers/{customer['id']}"
    reader = signed_in(tenant, "customers:read")
    writer = signed_in(tenant, "customers:write")

    denied = [
        await reader.post("/customers", json=ANN),
        await reader.post("/customers/bulk", json={"customers": [ANN]}),
        await reader.patch(path, json={"name": "X"}),
        await reader.post(f"{path}/state", json={"state": "churned", "reason": "other"}),
        await reader.get("/customers/export"),
        await writer.get("/customers"),
        await writer.get(path),
    ]

    assert {code(answer) for answer in denied} == {"403 PERMISSION_DENIED"}


async def test_another_tenant_sees_and_changes_nothing(
    signed_in: SignedIn, client: httpx.AsyncClient, second_tenant: Tenant
) -> None:
    customer = await created(client, **ANN)
    path = f"/customers/{customer['id']}"
    other = signed_in(second_tenant)

    refused = [
        await other.get(path),
        await other.patch(path, json={"name": "Mine"}, headers={"If-Match": "*"}),
        await other.post(f"{path}/state", json={"state": "churned", "reason": "other"}),
    ]

    assert {code(answer) for answer in refused} == {"404 CUSTOMER_NOT_FOUND"}
    assert await names(other) == await names(other, q="ann") == await names(other, tag="vip") == []
    export = await other.get("/customers/export")
    assert len(export.text.splitlines()) == 1
    assert (await client.get(path)).json()["data"] == customer


async def test_names_tax_number_and_language_are_kept_and_the_name_follows(
    client: httpx.AsyncClient,
) -> None:
    ann = await created(
        client,
        given_name="Ann",
        family_name="Berg",
        tax_id=" SE556012579001 ",
        registration_number="556012-5790",
        language="sv",
        kind="government",
    )
    path = f"/customers/{ann['id']}"

    changed = await client.patch(path, json={"family_name": "Lind"}, headers={"If-Match": "*"})
    nameless = await client.post("/customers", json={"email": "a@b.se"})
    tongue = await client.post("/customers", json={"name": "A", "language": "svenska"})

    assert (ann["name"], ann["tax_id"], ann["kind"]) == ("Ann Berg", "SE556012579001", "government")
    assert changed.json()["data"]["name"] == "Ann Lind"
    assert await names(client, q="lind") == ["Ann Lind"]
    assert code(nameless) == code(tongue) == "422 INVALID_CUSTOMER"
