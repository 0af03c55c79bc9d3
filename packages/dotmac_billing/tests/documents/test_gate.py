"""A tenant that requires e-invoices to conform cannot issue one that does not."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from dotmac_billing import check_books, run_billing
from dotmac_billing.testing import payer, plan, subscribed, tax
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

SELLER = {
    "seller_name": "Netze GmbH",
    "seller_city": "Berlin",
    "seller_tax_id": "DE123456789",
    "country": "DE",
}


@pytest.fixture
async def customers(database: Database, tenant: Tenant) -> dict[str, UUID]:
    """`known` has an address, `nowhere` has none."""
    async with database.transaction(tenant.id) as session:
        await tax(session, "VAT", "0.19")
        return {name: await payer(session, name) for name in ("known", "nowhere")}


@pytest.fixture
async def requiring(client: httpx.AsyncClient, customers: dict[str, UUID]) -> httpx.AsyncClient:
    """A client of the tenant, which requires conforming e-invoices."""
    change = {**SELLER, "einvoicing": "require"}
    await client.patch("/billing/settings", json=change, headers={"if-match": "*"})
    path = f"/billing/customers/{customers['known']}"
    address = {"city": "Athens", "country": "GR"}
    assert (await client.patch(path, json=address, headers={"if-match": "*"})).status_code == 200
    return client


async def by_hand(client: httpx.AsyncClient, customer_id: UUID) -> httpx.Response:
    lines = [{"description": "Dig", "unit_price": 10, "tax_code": "VAT"}]
    body: dict[str, Any] = {"customer_id": str(customer_id), "lines": lines}
    return await client.post("/invoices", json=body)


async def test_an_invoice_that_does_not_conform_is_not_issued(
    requiring: httpx.AsyncClient, customers: dict[str, UUID]
) -> None:
    refused = await by_hand(requiring, customers["nowhere"])

    assert refused.status_code == 422
    error = refused.json()["error"]
    assert error["code"] == "INVOICE_NOT_COMPLIANT"
    assert [found["rule"] for found in error["details"]["findings"]] == ["BR-10", "BR-11"]
    assert (await requiring.get("/invoices")).json()["data"] == []


async def test_the_next_one_has_the_number_that_was_not_used(
    requiring: httpx.AsyncClient, customers: dict[str, UUID]
) -> None:
    await by_hand(requiring, customers["nowhere"])

    issued = await by_hand(requiring, customers["known"])

    assert issued.status_code == 201, issued.text
    assert issued.json()["data"]["number"] == "INV-000001"


async def test_who_does_not_require_it_may_issue_anything(
    client: httpx.AsyncClient, customers: dict[str, UUID]
) -> None:
    change = {"einvoicing": "check"}
    await client.patch("/billing/settings", json=change, headers={"if-match": "*"})

    assert (await by_hand(client, customers["nowhere"])).status_code == 201


@pytest.mark.usefixtures("requiring")
async def test_a_bill_run_leaves_out_what_does_not_conform_and_says_so(
    database: Database, tenant: Tenant, customers: dict[str, UUID]
) -> None:
    async with database.transaction(tenant.id) as session:
        taxed = await plan(session, tax_code="VAT")
        ids = {
            name: await subscribed(
                session, plan=taxed, since=date(2026, 11, 1), customer=customer_id
            )
            for name, customer_id in customers.items()
        }

    result = await run_billing(database, tenant.id, date(2026, 11, 20))

    assert result.invoices == 1
    [failure] = result.failures
    assert failure.subscription_id == ids["nowhere"]
    assert "BR-11" in failure.message


async def test_a_credit_note_that_does_not_conform_is_not_issued(
    client: httpx.AsyncClient, customers: dict[str, UUID], database: Database, tenant: Tenant
) -> None:
    issued = (await by_hand(client, customers["nowhere"])).json()["data"]
    change = {**SELLER, "einvoicing": "require"}
    await client.patch("/billing/settings", json=change, headers={"if-match": "*"})

    refused = await client.post(
        "/credit-notes", json={"invoice_id": issued["id"], "reason": "other"}
    )

    assert refused.status_code == 422, refused.text
    assert refused.json()["error"]["code"] == "INVOICE_NOT_COMPLIANT"
    assert (await client.get("/credit-notes")).json()["data"] == []
    async with database.transaction(tenant.id) as session:
        assert await check_books(session) == []


async def test_a_credit_note_that_conforms_has_the_number_that_was_not_used(
    requiring: httpx.AsyncClient, customers: dict[str, UUID]
) -> None:
    issued = (await by_hand(requiring, customers["known"])).json()["data"]

    noted = await requiring.post(
        "/credit-notes", json={"invoice_id": issued["id"], "reason": "other"}
    )

    assert noted.status_code == 201, noted.text
    found = await requiring.get(f"/credit-notes/{noted.json()['data']['id']}/compliance")
    assert found.json()["data"]["findings"] == []
