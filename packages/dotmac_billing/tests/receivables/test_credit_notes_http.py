"""Credit notes over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

from .conftest import Books, Issued

SignedIn = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def invoice(database: Database, tenant: Tenant) -> Issued:
    """An invoice over 240.00."""
    async with database.transaction(tenant.id) as session:
        return await Books(session).invoice()


async def credited(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:  # noqa: ANN401 (what JSON holds)
    answer = await client.post("/credit-notes", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def test_a_credit_note_is_issued_and_read(client: httpx.AsyncClient, invoice: Issued) -> None:
    asked = {
        "invoice_id": str(invoice.id),
        "lines": [{"line_id": str(invoice.line_ids[0]), "amount": 30}],
        "reason": "service_outage",
        "memo": "Outage on 3 November",
    }
    preview = (await client.post("/credit-notes/preview", json=asked)).json()["data"]

    note = await credited(client, **asked)

    assert (note["number"], note["invoice_number"]) == ("CN-000001", invoice.number)
    assert (note["net"], note["tax"], note["total"]) == (30, 6, 36)
    assert note["taxes"] == [
        {"tax_code": "VAT", "name": "VAT", "category": "S", "rate": 0.2, "net": 30, "tax": 6}
    ]
    assert {key: note[key] for key in ("net", "tax", "total", "settled", "credited")} == {
        key: preview[key] for key in ("net", "tax", "total", "settled", "credited")
    }
    assert [line["net"] for line in preview["lines"]] == [line["net"] for line in note["lines"]]
    assert (await client.get(f"/credit-notes/{note['id']}")).json()["data"] == note


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [2, 1]),
        ({"sort": "total"}, [2, 1]),
        ({"reason": "goodwill"}, [1]),
        ({"q": "cn-000002"}, [2]),
        ({"issued_to": "2026-11-19"}, []),
        ({"currency": "USD"}, []),
        ({"per_page": "1", "page": "2"}, [1]),
    ],
)
async def test_credit_notes_are_listed(
    client: httpx.AsyncClient, invoice: Issued, query: dict[str, str], numbers: list[int]
) -> None:
    await credited(client, invoice_id=str(invoice.id), amount=20, reason="goodwill")
    await credited(client, invoice_id=str(invoice.id), amount=10)

    found = (await client.get("/credit-notes", params=query)).json()

    assert [int(one["number"][3:]) for one in found["data"]] == numbers


async def test_what_is_paid_back_is_noted(client: httpx.AsyncClient, invoice: Issued) -> None:
    paid = {"customer_id": str(invoice.customer_id), "amount": 240, "received_on": "2026-11-20"}
    await client.post("/payments", json=paid)
    note = await credited(client, invoice_id=str(invoice.id), amount=60, remainder="refund")

    answer = await client.post(
        f"/credit-notes/{note['id']}/refunds", json={"amount": 60, "paid_on": "2026-11-20"}
    )
    again = await client.post(
        f"/credit-notes/{note['id']}/refunds", json={"amount": 1, "paid_on": "2026-11-20"}
    )

    assert answer.json()["data"]["refunded"] == 60
    assert (again.status_code, again.json()["error"]["code"]) == (409, "REFUND_NOT_OWED")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": 241}, 422, "CREDIT_TOO_LARGE"),
        ({"amount": 1, "lines": [{"line_id": str(new_id())}]}, 422, "CREDIT_AMOUNT_INVALID"),
        ({"lines": [{"line_id": str(new_id())}]}, 422, "CREDITED_LINE_UNKNOWN"),
        ({"invoice_id": str(new_id())}, 404, "INVOICE_NOT_FOUND"),
        ({"issued_on": "2026-12-24"}, 422, "CREDIT_NOTE_DAY"),
        ({"amount": 0}, 422, "VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_credited_is_refused(
    client: httpx.AsyncClient, invoice: Issued, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await client.post("/credit-notes", json={"invoice_id": str(invoice.id), **body})

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", "/credit-notes", "credit_notes:issue"),
        ("POST", "/credit-notes", "credit_notes:read"),
        ("POST", f"/credit-notes/{UUID(int=7)}/refunds", "credit_notes:read"),
    ],
)
async def test_a_permission_is_needed(
    signed_in: SignedIn, tenant: Tenant, method: str, path: str, permission: str
) -> None:
    answer = await signed_in(tenant, permission).request(method, path, json={})

    assert answer.status_code == 403
