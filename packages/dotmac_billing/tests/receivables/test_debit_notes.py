"""What is added to an issued invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import httpx
import pytest

from dotmac_billing import check_books
from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.testing import tax
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

from .conftest import Books, Issued


@pytest.fixture
async def invoice(database: Database, tenant: Tenant) -> Issued:
    """An invoice over 240.00, with 20 % tax; since then the tax is 25 %."""
    async with database.transaction(tenant.id) as session:
        issued = await Books(session).invoice()
        await tax(session, rate="0.25", since=date(2026, 11, 10))
        return issued


async def test_a_debit_note_is_an_invoice_taxed_as_the_line_it_adds_to(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, invoice: Issued
) -> None:
    line = {"line_id": str(invoice.line_ids[0]), "quantity": 2, "unit_price": 10}

    answer = await client.post(
        "/debit-notes", json={"invoice_id": str(invoice.id), "lines": [line]}
    )

    assert answer.status_code == 201, answer.text
    note = answer.json()["data"]
    assert (note["number"], note["kind"]) == ("DN-000001", "debit_note")
    assert (note["net"], note["tax"], note["amount_due"]) == (20, 4, 24)
    assert note["corrects_id"] == str(invoice.id)
    listed = (await client.get("/invoices", params={"kind": "debit_note"})).json()["data"]
    assert [one["id"] for one in listed] == [note["id"]]
    async with database.transaction(tenant.id) as session:
        books = Books(session)
        assert (await books.accounts())["receivable"] == Decimal(264)
        assert await check_books(session) == []


async def test_what_cannot_be_added_to_is_refused(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, invoice: Issued
) -> None:
    async def asked(invoice_id: object, line_id: object) -> str:
        line = {"line_id": str(line_id), "unit_price": 10}
        body = {"invoice_id": str(invoice_id), "lines": [line]}
        return str((await client.post("/debit-notes", json=body)).json()["error"]["code"])

    unknown = await asked(invoice.id, new_id())
    nowhere = await asked(new_id(), invoice.line_ids[0])
    async with database.transaction(tenant.id) as session:
        await CorrectionService(session).void(invoice.id, "issued twice")

    assert (unknown, nowhere) == ("CREDITED_LINE_UNKNOWN", "INVOICE_NOT_FOUND")
    assert await asked(invoice.id, invoice.line_ids[0]) == "INVOICE_NOT_CREDITABLE"
