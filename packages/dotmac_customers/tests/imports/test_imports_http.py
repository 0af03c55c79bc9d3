"""Imports over HTTP, as a clerk, and as who must not."""

from __future__ import annotations

import csv
import io
from datetime import date
from uuid import uuid4

import httpx
import openpyxl
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module
from dotmac_identity import (
    CustomFieldService,
    EntitlementService,
    FieldType,
    NewField,
    field_entities,
    limits_of,
    reconcile,
)
from packages.dotmac_customers.tests.customers_over_http import code, created, names

from .samples import ANN, BEN, HEADER, Clerk, table, upload, uploaded, workbook


async def test_a_file_is_looked_at_mapped_previewed_and_taken_in(clerk: Clerk) -> None:
    made = await uploaded(clerk.client, table(HEADER, ANN, BEN))
    body = {"mapping": made["mapping"], "mode": "create"}
    mapped = await clerk.client.put(f"/customers/imports/{made['id']}/mapping", json=body)
    await clerk.work()
    preview = await clerk.preview(made["id"])
    nobody = await names(clerk.client)
    started = await clerk.client.post(f"/customers/imports/{made['id']}/start")
    await clerk.work()
    done = await clerk.read(made["id"])
    listed = (await clerk.client.get("/customers/imports")).json()["data"]

    assert (made["state"], made["rows"], made["done"]) == ("uploaded", 2, 0)
    assert made["columns"] == list(HEADER)
    assert made["mapping"] == {name: name for name in HEADER}
    assert made["sample"] == [list(ANN), list(BEN)]
    assert (mapped.json()["data"]["state"], preview["state"]) == ("checking", "checked")
    assert preview["counts"] == {"created": 2, "changed": 0, "same": 0, "refused": 0}
    assert nobody == []
    assert started.json()["data"]["state"] == "running"
    assert (done["state"], done["done"], done["counts"]) == ("done", 2, preview["counts"])
    assert [one["id"] for one in listed] == [made["id"]]
    ann = await clerk.customer("A-1")
    assert (ann["email"], ann["tags"]) == ("ann@example.com", ["fibre", "vip"])
    assert ann["address"] == {
        **dict(zip(HEADER[4:], ANN[4:], strict=True)),
        "line2": None,
        "region": None,
    }


async def test_wrong_cells_are_named_and_come_back_in_a_file_to_be_mended(clerk: Clerk) -> None:
    rows = (
        ("No", "Full name", "E-Mail", "Type", "Street", "Country", "Comment"),
        ("A-1", "Ann", "ann@example.com", "person", "", "", "=1+1"),
        ("A-2", "Ben", "ben at example", "martian", "", "", ""),
        ("A-1", "Ann again", "", "", "", "", ""),
        ("A-4", "", "", "", "Street 1", "", ""),
        ("A-5", "Eve", "#N/A", "", "", "", ""),
    )
    mapping = {
        "No": "number",
        "Full name": "name",
        "E-Mail": "email",
        "Type": "kind",
        "Street": "line1",
        "Country": "country",
    }
    checked = await clerk.checks(table(*rows), mapping=mapping)
    page = await clerk.client.get(f"/customers/imports/{checked['id']}/preview?per_page=1&page=2")
    await clerk.client.post(f"/customers/imports/{checked['id']}/start")
    await clerk.work()
    refused = await clerk.client.get(f"/customers/imports/{checked['id']}/errors.csv")
    found = list(csv.DictReader(io.StringIO(refused.text)))
    again = await clerk.checks(refused.content, mapping=mapping)

    assert checked["counts"] == {"created": 1, "changed": 0, "same": 0, "refused": 4}
    assert [(one["row"], one["column"], one["code"]) for one in checked["problems"]] == [
        (3, "E-Mail", "INVALID_EMAIL"),
        (3, "Type", "INVALID_CUSTOMER"),
        (4, "", "REPEATED_ROW"),
        (5, "", "MISSING_VALUE"),
        (5, "Country", "MISSING_VALUE"),
        (5, "Full name", "MISSING_VALUE"),
        (6, "E-Mail", "SPREADSHEET_ERROR"),
    ]
    assert checked["problems"][0]["value"] == "ben at example"
    assert page.json()["data"]["problems"] == checked["problems"][1:2]
    assert page.json()["meta"]["pagination"]["total"] == 7
    assert await names(clerk.client) == ["Ann"]
    assert [one["No"] for one in found] == ["A-2", "A-1", "A-4", "A-5"]
    assert found[0]["import_problems"].startswith("E-Mail: ")
    # What is wrong stands in a column that brings nothing when the file comes back. There is an
    # A-1 now, whose name the second row changes.
    assert again["counts"] == {"created": 0, "changed": 1, "same": 0, "refused": 3}


async def test_rows_change_those_who_are_there_and_empty_cells_change_nothing(
    clerk: Clerk, client: httpx.AsyncClient
) -> None:
    await created(client, number="A-1", name="Ann", email="old@example.com", phone="1")
    await created(client, number="X-9", external_id="crm-9", given_name="Eve", tags=["old"])
    await created(client, number="X-7", external_id="crm-7", name="Somebody else")
    await client.post(
        "/customers/tags", json={"name": "ruled", "rule": {"field": "number", "value": "X-9"}}
    )
    header = ("number", "external_id", "email", "given_name", "tags", "state", "city")
    rows = (
        ("A-1", "", "new@example.com", "", "", "churned", ""),
        ("", "crm-9", "", "Eva", "new", "", ""),
        ("A-3", "", "", "Cia", "", "lead", ""),
        ("A-4", "crm-7", "", "Dan", "", "", ""),
    )
    only_new = await clerk.checks(table(header, *rows), mode="create")
    only_known = await clerk.checks(table(header, *rows), mode="update")
    done = await clerk.imports(table(header, *rows))
    same = await clerk.imports(table(header, *rows[:2]))
    ruled = await clerk.checks(table(("number", "tags"), ("A-1", "ruled")))

    assert [one["code"] for one in only_new["problems"]] == [
        *("CUSTOMER_EXISTS", "CUSTOMER_EXISTS", "EXTERNAL_ID_TAKEN"),
    ]
    assert [one["code"] for one in only_known["problems"]] == [
        *("CUSTOMER_NOT_FOUND", "EXTERNAL_ID_TAKEN"),
    ]
    assert done["counts"] == {"created": 1, "changed": 2, "same": 0, "refused": 1}
    assert same["counts"] == {"created": 0, "changed": 0, "same": 2, "refused": 0}
    ann, eva, cia = [await clerk.customer(number) for number in ("A-1", "X-9", "A-3")]
    assert (ann["name"], ann["email"], ann["phone"]) == ("Ann", "new@example.com", "1")
    assert (ann["state"], cia["state"]) == ("active", "lead")  # a state is for new ones only
    assert (eva["name"], eva["tags"]) == ("Eva", ["new", "ruled"])
    assert await names(client, q="eva") == ["Eva"]
    assert await names(client, tag="old") == await names(client, q="eve") == []
    assert [one["code"] for one in ruled["problems"]] == ["TAG_KEPT_BY_RULE"]


async def test_own_fields_and_what_spreadsheets_do_to_numbers_and_days(
    clerk: Clerk, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        fields = CustomFieldService.within(session, field_entities([module]))
        for field in (
            NewField("since", "Since", FieldType.DATE),
            NewField("seats", "Seats", FieldType.INTEGER),
            NewField("is_beta", "Beta", FieldType.BOOLEAN),
            NewField("wishes", "Wishes", FieldType.CHOICES, options=("tv", "phone")),
            NewField("plan", "Plan", FieldType.CHOICE, options=("gold",), is_required=True),
        ):
            await fields.define("customer", field)
    header = (
        *("number", "name", "phone", "line1", "postal_code", "city", "country"),
        *("Since", "custom.seats", "is_beta", "wishes", "plan"),
    )
    good = (4711, "Ann", 46701740605, "Road 1", 1234, "Oslo", "no", date(2026, 11, 20), 5, True)
    content = workbook(
        header,
        (*good, "tv; phone", "gold"),
        (None,) * 3,
        (4712, "Ben", *[None] * 5, "tomorrow", 1.5, "maybe", "radio", None),
        formats={"E2": "00000"},
    )
    checked = await clerk.checks(content)
    done = await clerk.imports(content)

    assert [(one["row"], one["column"], one["code"]) for one in checked["problems"]] == [
        (4, "Since", "NOT_A_DATE"),
        (4, "custom.seats", "NOT_AN_INTEGER"),
        (4, "is_beta", "NOT_A_BOOLEAN"),
        (4, "wishes", "NOT_AN_OPTION"),
        (4, "plan", "MISSING_VALUE"),
    ]
    assert done["counts"] == {"created": 1, "changed": 0, "same": 0, "refused": 1}
    ann = await clerk.customer("4711")
    assert (ann["phone"], ann["address"]["postal_code"]) == ("46701740605", "01234")
    assert ann["custom_fields"] == {
        "since": "2026-11-20",
        "seats": 5,
        "is_beta": True,
        "wishes": ["tv", "phone"],
        "plan": "gold",
    }


async def test_a_plan_that_has_no_room_for_all_lets_in_as_many_as_it_has(
    clerk: Clerk, database: Database, tenant: Tenant, client: httpx.AsyncClient
) -> None:
    await created(client, number="A-0", name="Here already")
    async with database.transaction(tenant.id) as session:
        await EntitlementService.within(session).grant("SMALL", {"customers": 3})
        await reconcile(session, limits_of([module]))
    rows = [(f"A-{n}", f"Customer {n}") for n in range(6)]

    done = await clerk.imports(table(("number", "name"), *rows))
    preview = await clerk.preview(done["id"])

    assert done["counts"] == {"created": 2, "changed": 1, "same": 0, "refused": 3}
    assert {one["code"] for one in preview["problems"]} == {"LIMIT_REACHED"}
    await clerk.client.post(f"/customers/imports/{done['id']}/undo")
    await clerk.work()
    async with database.transaction(tenant.id) as session:
        assert await reconcile(session, limits_of([module])) == {}


async def test_what_cannot_be_done_now_is_refused(clerk: Clerk) -> None:
    made = await uploaded(clerk.client, table(HEADER, ANN))
    path = f"/customers/imports/{made['id']}"
    wrong = {"mapping": {"number": "number", "email": "number", "x": "y"}, "mode": "create"}

    mapping = await clerk.client.put(f"{path}/mapping", json=wrong)
    started = await clerk.client.post(f"{path}/start")
    undone = await clerk.client.post(f"{path}/undo")
    unknown = await clerk.client.get(f"/customers/imports/{uuid4()}")

    assert code(mapping) == "422 CUSTOMER_IMPORT_MAPPING"
    assert mapping.json()["error"]["details"]["problems"] == [
        "The file has no column 'x'.",
        "There is no field 'y'.",
        "Two columns bring 'number'.",
    ]
    assert code(started) == code(undone) == "409 CUSTOMER_IMPORT_STATE"
    assert code(unknown) == "404 CUSTOMER_IMPORT_NOT_FOUND"


async def test_templates_name_all_fields_and_can_be_taken_in(clerk: Clerk) -> None:
    fields = (await clerk.client.get("/customers/imports/fields")).json()["data"]
    for form in ("csv", "xlsx"):
        template = await clerk.client.get(f"/customers/imports/template?format={form}")
        checked = await clerk.checks(template.content)

        assert checked["counts"] == {"created": 1, "changed": 0, "same": 0, "refused": 0}
        assert (await clerk.read(checked["id"]))["columns"] == [one["name"] for one in fields]


async def test_who_may_not_import_is_refused_and_another_tenant_finds_nothing(
    clerk: Clerk, signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant
) -> None:
    done = await clerk.imports(table(HEADER, ANN))
    path = f"/customers/imports/{done['id']}"
    reader = signed_in(tenant, "customers:read", "customers:write", "customers:export")
    other = signed_in(second_tenant)
    body = {"mapping": done["mapping"], "mode": "create"}

    for client, expected in (
        (reader, "403 PERMISSION_DENIED"),
        (other, "404 CUSTOMER_IMPORT_NOT_FOUND"),
    ):
        refused = [
            await client.get(path),
            await client.put(f"{path}/mapping", json=body),
            await client.get(f"{path}/preview"),
            await client.post(f"{path}/start"),
            await client.get(f"{path}/errors.csv"),
            await client.post(f"{path}/undo"),
        ]
        assert {code(answer) for answer in refused} == {expected}
    denied = [
        await upload(reader, table(HEADER, ANN)),
        await reader.get("/customers/imports"),
        await reader.get("/customers/imports/fields"),
        await reader.get("/customers/imports/template"),
    ]
    assert {code(answer) for answer in denied} == {"403 PERMISSION_DENIED"}
    assert (await other.get("/customers/imports")).json()["data"] == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_an_export_can_be_taken_in_as_it_is_and_changes_nothing(
    clerk: Clerk, client: httpx.AsyncClient, database: Database, tenant: Tenant, form: str
) -> None:
    async with database.transaction(tenant.id) as session:
        fields = CustomFieldService.within(session, field_entities([module]))
        await fields.define("customer", NewField("is_beta", "Beta", FieldType.BOOLEAN))
    await clerk.imports(table((*HEADER, "is_beta"), (*ANN, "yes"), (*BEN, "")))
    await created(client, name='=HYPERLINK("http://x")', phone="+46 8 1", notes="#N/A here")

    exported = await client.get("/customers/export", params={"format": form, "sort": "number"})
    some = await client.get("/customers/export", params={"format": form, "tag": "vip"})
    again = await clerk.imports(exported.content)

    assert f'filename="customers.{form}"' in exported.headers["content-disposition"]
    assert again["counts"] == {"created": 0, "changed": 0, "same": 3, "refused": 0}
    assert (await uploaded(clerk.client, some.content))["rows"] == 1
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(exported.content)).active
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert not kinds & {"f", "e"}  # neither formulas nor errors
