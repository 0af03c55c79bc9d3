"""Bills in the portal: one's own, and nobody else's whatever is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_api_gateway.testing import SignedIn
from dotmac_billing.testing import payer, plan, subscribed, tax
from dotmac_core_ops.testing import Tenant


@dataclass(frozen=True)
class Payer:
    """A customer with an invoice of 59.38, half of it paid, and a subscription."""

    id: UUID
    invoice_id: str
    subscription_id: UUID
    portal: httpx.AsyncClient


@pytest.fixture
async def two(
    session: AsyncSession, client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant
) -> tuple[Payer, Payer]:
    """Two customers of one tenant, alike in everything."""
    await tax(session, "VAT", "0.19")
    published = await plan(session)
    made = []
    for _ in range(2):
        customer_id = await payer(session)
        made.append(
            (
                customer_id,
                await subscribed(session, plan=published, since=SINCE, customer=customer_id),
            )
        )
    await session.commit()
    payers = []
    for customer_id, subscription_id in made:
        lines = [{"description": "Fibre", "unit_price": "49.90", "tax_code": "VAT"}]
        body = {"customer_id": str(customer_id), "lines": lines}
        invoice = (await client.post("/invoices", json=body)).json()["data"]
        paid = {
            "customer_id": str(customer_id),
            "amount": "20.00",
            "received_on": "2026-11-20",
        }
        assert (await client.post("/payments", json=paid)).status_code == 201
        portal = signed_in(tenant, "portal:billing", customer_id=customer_id)
        payers.append(Payer(customer_id, invoice["id"], subscription_id, portal))
    first, second = payers
    return first, second


SINCE = date(2026, 10, 1)


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


async def test_a_customer_reads_what_they_owe_and_have_paid(two: tuple[Payer, Payer]) -> None:
    me, _ = two

    balance = (await me.portal.get("/portal/balance")).json()["data"]
    invoices = (await me.portal.get("/portal/invoices")).json()
    payments = (await me.portal.get("/portal/payments")).json()["data"]

    assert balance == [{"currency": "EUR", "due": 39.38, "overdue": 0, "credit": 0}]
    assert [one["id"] for one in invoices["data"]] == [me.invoice_id]
    assert invoices["meta"]["pagination"]["total"] == 1
    assert [(one["amount"], one["unapplied"]) for one in payments] == [(20, 0)]


async def test_a_customer_has_an_invoice_with_its_lines_and_on_paper(
    two: tuple[Payer, Payer],
) -> None:
    me, _ = two
    path = f"/portal/invoices/{me.invoice_id}"

    one = (await me.portal.get(path)).json()["data"]
    lines = (await me.portal.get(f"{path}/lines")).json()["data"]
    pdf = await me.portal.get(f"{path}/pdf")

    assert (one["total"], one["amount_due"]) == (59.38, 39.38)
    assert [line["description"] for line in lines] == ["Fibre"]
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")


async def test_a_customer_sees_subscriptions_and_usage_without_notes_of_the_staff(
    two: tuple[Payer, Payer],
) -> None:
    me, _ = two

    listed = (await me.portal.get("/portal/subscriptions")).json()["data"]
    one = await me.portal.get(f"/portal/subscriptions/{me.subscription_id}")
    usage = await me.portal.get("/portal/usage")

    assert [found["id"] for found in listed] == [str(me.subscription_id)]
    assert one.json()["data"] == listed[0]
    assert {"cancel_reason", "external_id", "payer_id"}.isdisjoint(listed[0])
    assert usage.status_code == 200
    assert len(usage.json()["data"]) == 1


async def test_nothing_of_another_customer_is_found(two: tuple[Payer, Payer]) -> None:
    me, other = two
    paths = [
        f"/portal/invoices/{other.invoice_id}",
        f"/portal/invoices/{other.invoice_id}/lines",
        f"/portal/invoices/{other.invoice_id}/pdf",
        f"/portal/subscriptions/{other.subscription_id}",
    ]
    lists = ["balance", "invoices", "payments", "subscriptions", "usage"]

    refused = {path: code(await me.portal.get(path)) for path in paths}
    named = {"customer_id": str(other.id)}
    shown = [(await me.portal.get(f"/portal/{name}", params=named)).text for name in lists]

    assert set(refused.values()) == {"404 INVOICE_NOT_FOUND", "404 SUBSCRIPTION_NOT_FOUND"}
    for text in shown:
        assert not any(str(x) in text for x in (other.id, other.invoice_id, other.subscription_id))


async def test_staff_has_no_use_of_the_portal_nor_the_customer_of_staffs_routes(
    two: tuple[Payer, Payer], signed_in: SignedIn, tenant: Tenant
) -> None:
    me, _ = two
    staff = signed_in(tenant, "*", "portal:billing")
    everything = signed_in(tenant, "*", "invoices:read", customer_id=me.id)

    assert code(await staff.get("/portal/invoices")) == "403 WRONG_AUDIENCE"
    for path in ("/invoices", f"/invoices/{me.invoice_id}", "/payments", "/billing/customers"):
        assert code(await everything.get(path)) == "403 WRONG_AUDIENCE"


async def test_a_customer_without_the_bills_does_not_see_them(
    two: tuple[Payer, Payer], signed_in: SignedIn, tenant: Tenant
) -> None:
    me, _ = two
    technician = signed_in(tenant, "portal:profile", customer_id=me.id)

    for path in ("balance", "invoices", "payments", "subscriptions", "usage"):
        assert code(await technician.get(f"/portal/{path}")) == "403 PERMISSION_DENIED"
