"""Invoices written by hand: drafted, changed, copied, issued, discarded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from dotmac_billing.testing import payer
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

from .conftest import Books, Issued


@pytest.fixture
async def invoice(database: Database, tenant: Tenant) -> Issued:
    """An invoice over 240.00."""
    async with database.transaction(tenant.id) as session:
        return await Books(session).invoice()


async def drafted(client: httpx.AsyncClient, customer_id: UUID, **more: object) -> dict[str, Any]:
    line = {"description": "Dig", "quantity": 2.5, "unit_price": "80.00", "tax_code": "VAT"}
    body = {"customer_id": str(customer_id), "lines": [line], **more}
    answer = await client.post("/invoice-drafts", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def test_a_draft_is_changed_and_issued(client: httpx.AsyncClient, invoice: Issued) -> None:
    draft = await drafted(client, invoice.customer_id)
    path = f"/invoice-drafts/{draft['id']}"
    lines = [*draft["lines"], {"description": "Box", "quantity": 1, "unit_price": 12}]
    body = {"customer_id": str(invoice.customer_id), "lines": lines, "due_on": "2026-12-24"}

    changed = await client.put(path, json=body, headers={"if-match": '"1"'})
    stale = await client.put(path, json=body, headers={"if-match": '"1"'})
    issued = await client.post(f"{path}/issue")
    again = await client.post(f"{path}/issue")

    assert (draft["status"], draft["amount"], draft["invoice_id"]) == ("open", 200, None)
    assert (changed.json()["data"]["amount"], changed.headers["etag"]) == (212, '"2"')
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "VERSION_MISMATCH")
    made = issued.json()["data"]
    assert (made["number"], made["total"], made["due_on"]) == ("INV-000002", 252, "2026-12-24")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "INVOICE_DRAFT_CLOSED")
    assert (await client.get(path)).json()["data"]["invoice_id"] == made["id"]


async def test_a_draft_owes_nothing_and_can_be_discarded(
    client: httpx.AsyncClient, invoice: Issued
) -> None:
    draft = await drafted(client, invoice.customer_id)

    gone = (await client.delete(f"/invoice-drafts/{draft['id']}")).json()["data"]

    assert gone["status"] == "discarded"
    assert (await client.get("/invoices")).json()["meta"]["pagination"]["total"] == 1
    open_ones = (await client.get("/invoice-drafts", params={"status": "open"})).json()
    assert open_ones["data"] == []
    assert (await client.get("/invoice-drafts")).json()["meta"]["pagination"]["total"] == 1


async def test_an_invoice_is_copied_to_a_new_draft(
    client: httpx.AsyncClient, invoice: Issued
) -> None:
    copy = (
        await client.post("/invoice-drafts/copies", json={"invoice_id": str(invoice.id)})
    ).json()["data"]
    issued = (await client.post(f"/invoice-drafts/{copy['id']}/issue")).json()["data"]

    assert (copy["copied_from_id"], copy["amount"]) == (str(invoice.id), 200)
    assert [line["tax_code"] for line in copy["lines"]] == ["VAT", "VAT"]
    assert (issued["net"], issued["tax"], issued["total"]) == (200, 40, 240)


async def test_what_cannot_be_drafted_is_refused(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        somebody = await payer(session)
    draft = await drafted(client, somebody)

    nobody = await client.post("/invoice-drafts", json={"customer_id": str(new_id())})
    untaxed = await client.post(f"/invoice-drafts/{draft['id']}/issue")
    copied = await client.post("/invoice-drafts/copies", json={"invoice_id": str(new_id())})

    assert (nobody.status_code, nobody.json()["error"]["code"]) == (422, "CUSTOMER_UNKNOWN")
    assert untaxed.json()["error"]["code"] == "TAX_RATE_MISSING"
    assert copied.status_code == 404
    assert (await client.get(f"/invoice-drafts/{new_id()}")).status_code == 404
