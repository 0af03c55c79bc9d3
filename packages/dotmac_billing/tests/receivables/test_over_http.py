"""Invoices, payments, books and runs over HTTP."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest

from dotmac_billing import (
    NewPayment,
    OpenCustomer,
    module,
    open_customers,
    record_payments,
    run_billing,
)
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.testing import payer, plan, subscribed, tax
from dotmac_core_events import create_worker
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def customer(database: Database, tenant: Tenant) -> UUID:
    """Has three invoices over 59.88 (49.90 and 20 % tax) from 31 January 2026 on."""
    async with database.transaction(tenant.id) as session:
        customer_id = await payer(session, "C-1")
        taxed = await plan(session, tax_code=await tax(session))
        await subscribed(session, plan=taxed, since=date(2026, 1, 31), customer=customer_id)
    await run_billing(database, tenant.id, date(2026, 3, 31))
    return customer_id


async def data(client: httpx.AsyncClient, path: str, **query: object) -> Any:  # noqa: ANN401 (what JSON holds)
    answer = await client.get(path, params={key: str(value) for key, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_an_invoice_is_read_with_all_that_it_says(
    client: httpx.AsyncClient, customer: UUID
) -> None:
    [invoice] = await data(client, "/invoices", q="INV-000002")

    found = await data(client, f"/invoices/{invoice['id']}")
    lines = await data(client, f"/invoices/{invoice['id']}/lines")

    assert {key: found[key] for key in invoice} == invoice
    assert found["number"] == "INV-000002"
    assert found["customer_id"] == str(customer)
    assert (found["net"], found["tax"], found["total"]) == (49.9, 9.98, 59.88)
    assert (found["status"], found["amount_due"]) == ("overdue", 59.88)
    assert (found["period_start"], found["period_end"]) == ("2026-02-28", "2026-03-31")
    assert found["taxes"] == [{"tax_code": "VAT", "rate": 0.2, "net": 49.9, "tax": 9.98}]
    assert found["line_ids"] == [line["id"] for line in lines]
    assert (lines[0]["quantity"], lines[0]["unit_price"], lines[0]["net"]) == (1, 49.9, 49.9)


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [3, 2, 1]),
        ({"sort": "number"}, [1, 2, 3]),
        ({"sort": "issued_on", "per_page": "2"}, [1, 2]),
        ({"sort": "issued_on", "per_page": "2", "page": "2"}, [3]),
        ({"status": "open"}, []),
        ({"status": "overdue"}, [3, 2, 1]),
        ({"status": "draft"}, []),
        ({"status": "void"}, []),
        ({"outstanding": "true", "sort": "total"}, [1, 2, 3]),
        ({"outstanding": "false"}, []),
        ({"kind": "subscription", "currency": "EUR"}, [3, 2, 1]),
        ({"kind": "manual"}, []),
        ({"total_from": "59.88", "total_to": "59.88"}, [3, 2, 1]),
        ({"total_from": "59.89"}, []),
        ({"due_from": "2026-03-14", "due_to": "2026-03-14"}, [2]),
        ({"run_id": str(UUID(int=7))}, []),
        ({"subscription_id": str(UUID(int=7))}, []),
        ({"q": "c-1"}, [3, 2, 1]),
        ({"q": "customer c"}, [3, 2, 1]),
        ({"status": "paid"}, []),
        ({"issued_from": "2026-02-01", "issued_to": "2026-02-28"}, [2]),
        ({"due_before": "2026-03-14"}, [1]),
        ({"q": "inv-00000"}, [3, 2, 1]),
        ({"q": "%3"}, []),
        ({"customer_id": str(UUID(int=7))}, []),
    ],
)
async def test_invoices_are_filtered_sorted_and_paged(
    client: httpx.AsyncClient, query: dict[str, str], numbers: list[int]
) -> None:
    answer = (await client.get("/invoices", params=query)).json()

    assert [int(one["number"][4:]) for one in answer["data"]] == numbers
    total = 3 if "per_page" in query else len(numbers)
    assert answer["meta"]["pagination"]["total"] == total


async def test_a_selection_is_summed_up_by_currency(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, customer: UUID
) -> None:
    async with database.transaction(tenant.id) as session:
        await record_payments(session, [NewPayment(customer, Decimal(60), date(2026, 3, 1))])

    [found] = await data(client, "/invoices/totals", issued_to="2026-02-28")

    assert (found["currency"], found["invoices"], found["total"]) == ("EUR", 2, 119.76)
    assert (found["net"], found["tax"]) == (99.8, 19.96)
    assert (found["amount_paid"], found["amount_due"]) == (60, 59.76)


@pytest.mark.usefixtures("customer")
async def test_a_selection_is_exported_as_csv(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        evil = await open_customers(session, [OpenCustomer("E", "=HYPERLINK(1)")])
        service = await InvoiceService.within(session)
        line = NewLine("x", Decimal(1), Decimal("1.50"))
        await service.issue_manual(NewInvoice(evil.ids["E"], (line,)))

    answer = await client.get("/invoices/export", params={"sort": "-number", "kind": "manual"})

    [row] = csv.DictReader(io.StringIO(answer.text))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (row["number"], row["status"], row["total"]) == ("INV-000004", "open", "1.5000")
    assert row["customer_name"] == "'=HYPERLINK(1)"


@pytest.mark.usefixtures("customer")
async def test_another_tenant_sees_none_of_it(
    signed_in: SignedIn, client: httpx.AsyncClient, second_tenant: Tenant
) -> None:
    [invoice] = await data(client, "/invoices", per_page=1)
    stranger = signed_in(second_tenant)

    assert await data(stranger, "/invoices") == []
    assert (await stranger.get(f"/invoices/{invoice['id']}")).status_code == 404
    assert (await stranger.get(f"/invoices/{invoice['id']}/lines")).status_code == 404
    assert await data(stranger, "/ledger/accounts") == []


async def test_an_invoice_made_by_hand_is_issued_at_once(
    client: httpx.AsyncClient, customer: UUID
) -> None:
    lines = [
        {"description": "Dig", "quantity": 2.5, "unit_price": "80.00", "tax_code": "VAT"},
        {"description": "Box", "unit_price": 12},
    ]

    answer = await client.post("/invoices", json={"customer_id": str(customer), "lines": lines})

    assert answer.status_code == 201, answer.text
    made = answer.json()["data"]
    assert (made["number"], made["kind"], made["total"]) == ("INV-000004", "manual", 252)
    assert (made["issued_on"], made["due_on"]) == ("2026-11-20", "2026-12-04")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"lines": [{"description": "x", "unit_price": 1, "tax_code": "NO"}]}, "TAX_RATE_MISSING"),
        ({"lines": []}, "VALIDATION_FAILED"),
        (
            {"lines": [{"description": "x", "quantity": 10**12, "unit_price": 10**12}]},
            "INVOICE_TOO_LARGE",
        ),
        (
            {"customer_id": str(UUID(int=7)), "lines": [{"description": "x", "unit_price": 1}]},
            "CUSTOMER_UNKNOWN",
        ),
    ],
)
async def test_an_invoice_that_cannot_be_is_refused(
    client: httpx.AsyncClient, customer: UUID, body: dict[str, Any], code: str
) -> None:
    answer = await client.post("/invoices", json={"customer_id": str(customer), **body})

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


async def test_a_payment_is_recorded_and_recorded_once(
    client: httpx.AsyncClient, customer: UUID
) -> None:
    body = {
        "customer_id": str(customer),
        "amount": 100,
        "received_on": "2026-11-20",
        "method": "bank_transfer",
        "external_id": "bank-7",
    }

    first = (await client.post("/payments", json=body)).json()["data"]
    again = (await client.post("/payments", json=body)).json()["data"]

    assert again == first
    assert [(one["number"], one["amount"]) for one in first["allocations"]] == [
        ("INV-000001", 59.88),
        ("INV-000002", 40.12),
    ]
    assert await data(client, "/payments", customer_id=customer) == [first]
    assert await data(client, f"/payments/{first['id']}") == first
    assert (await data(client, "/invoices", status="paid"))[0]["paid_on"] == "2026-11-20"


async def test_the_books_are_read(client: httpx.AsyncClient, customer: UUID) -> None:
    accounts = {row["code"]: row["balance"] for row in await data(client, "/ledger/accounts")}
    entries = await data(client, "/ledger/entries", source_type="invoice", per_page=1)

    assert accounts == {"receivable": 179.64, "revenue": -149.7, "tax_payable": -29.94}
    assert sum(Decimal(str(posting["amount"])) for posting in entries[0]["postings"]) == 0
    assert {posting["customer_id"] for posting in entries[0]["postings"]} == {str(customer), None}


async def test_a_preview_writes_nothing(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        subscription = await subscribed(session, since=date(2026, 12, 1))

    path = f"/subscriptions/{subscription}/preview"
    answer = (await client.post(path, json={"periods": 2})).json()["data"]

    assert [(one["bill_on"], one["total"]) for one in answer] == [
        ("2026-12-01", 49.9),
        ("2027-01-01", 49.9),
    ]
    assert answer[0]["lines"][0]["net"] == 49.9
    assert await data(client, "/invoices") == []


async def test_a_run_that_is_asked_for_is_done_by_the_worker(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await subscribed(session, since=date(2026, 1, 31))

    asked = (await client.post("/bill-runs", json={"through": "2026-03-31"})).json()["data"]
    await create_worker([module], database, database.clock).drain()

    done = await data(client, f"/bill-runs/{asked['id']}")
    assert (asked["status"], asked["invoices"]) == ("queued", 0)
    assert (done["status"], done["invoices"], done["total"]) == ("completed", 3, 149.7)
    assert done["id"] in [run["id"] for run in await data(client, "/bill-runs")]


async def test_a_run_years_ahead_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/bill-runs", json={"through": "2062-11-20"})

    assert answer.json()["error"]["code"] == "BILL_RUN_TOO_FAR_AHEAD"


@pytest.mark.parametrize("path", ["/invoices/{}", "/invoices/{}/lines", "/payments/{}"])
async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path.format(new_id()))).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", "/invoices", "invoices:issue"),
        ("POST", "/invoices", "invoices:read"),
        ("POST", "/payments", "payments:read"),
        ("GET", "/ledger/accounts", "invoices:read"),
        ("POST", "/bill-runs", "bill_runs:read"),
    ],
)
async def test_a_permission_is_needed(
    signed_in: SignedIn, tenant: Tenant, method: str, path: str, permission: str
) -> None:
    answer = await signed_in(tenant, permission).request(method, path, json={})

    assert answer.status_code == 403
