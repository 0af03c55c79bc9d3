"""Rates of exchange over HTTP, and what invoices and payments make of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pypdfium2
import pytest
from lxml import etree
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.testing import payer, tax
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

DOLLAR = {
    "from_currency": "USD",
    "to_currency": "EUR",
    "rate": 0.9234,
    "valid_from": "2026-11-01",
    "source": "European Central Bank",
}
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


@pytest.fixture
async def customer(session: AsyncSession, client: httpx.AsyncClient) -> str:
    """A customer of a seller in Germany whose own money is the euro."""
    await tax(session, "VAT", "0.19")
    customer_id = await payer(session, "C-1")
    await session.commit()
    seller = {"seller_name": "Netze", "seller_tax_id": "DE123456789", "country": "DE"}
    answer = await client.patch("/billing/settings", json=seller, headers={"if-match": "*"})
    assert answer.status_code == 200, answer.text
    return str(customer_id)


async def sent(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], status: int = 201
) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()["data" if status < 400 else "error"]
    return found


async def test_a_clerk_writes_rates_down_and_mends_a_mistake(client: httpx.AsyncClient) -> None:
    wrong = await sent(client, "/exchange-rates", DOLLAR | {"rate": 9.234})
    again = await sent(client, "/exchange-rates", DOLLAR, 409)
    disabled = await sent(client, f"/exchange-rates/{wrong['id']}/disable", {}, 200)
    await sent(client, f"/exchange-rates/{wrong['id']}/disable", {}, 200)
    right = await sent(client, "/exchange-rates", DOLLAR)
    old = DOLLAR | {"valid_from": "2026-09-01", "valid_until": "2026-10-01"}
    await sent(client, "/exchange-rates", old)

    assert again["code"] == "EXCHANGE_RATE_EXISTS"
    assert disabled["status"] == "disabled"
    assert right["status"] == "active"
    listed = (await client.get("/exchange-rates")).json()
    assert [one["status"] for one in listed["data"]] == ["active", "disabled", "expired"]
    held = (await client.get("/exchange-rates", params={"on": "2026-11-20"})).json()
    assert [one["id"] for one in held["data"]] == [right["id"]]


async def test_amounts_are_converted_by_the_rate_of_the_day(client: httpx.AsyncClient) -> None:
    await sent(client, "/exchange-rates", DOLLAR)

    async def converted(**wanted: str) -> httpx.Response:
        pair = {"from_currency": "USD", "to_currency": "EUR", "on": "2026-11-20"}
        return await client.get("/exchange-rates/convert", params=pair | wanted)

    there = await converted(amount="100.01")
    back = await converted(amount="92.34", from_currency="EUR", to_currency="USD")
    before = await converted(amount="1", on="2026-10-31")
    same = await converted(amount="1", to_currency="USD")

    assert there.json()["data"]["amount"] == 92.35
    assert back.json()["data"]["amount"] == 100.0
    assert before.status_code == 422
    assert before.json()["error"]["code"] == "EXCHANGE_RATE_MISSING"
    assert same.json()["error"]["code"] == "INVALID_EXCHANGE_RATE"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to_currency": "USD"}, "INVALID_EXCHANGE_RATE"),
        ({"valid_until": "2026-11-01"}, "INVALID_EXCHANGE_RATE"),
        ({"from_currency": "ZZZ"}, "INVALID_CURRENCY"),
        ({"rate": 0}, "VALIDATION_FAILED"),
        ({"rate": 0.1234567891}, "VALIDATION_FAILED"),
        ({"rate": 1e9}, "VALIDATION_FAILED"),
    ],
)
async def test_what_is_no_rate_is_refused(
    client: httpx.AsyncClient, change: dict[str, Any], code: str
) -> None:
    refused = await sent(client, "/exchange-rates", DOLLAR | change, 422)

    assert refused["code"] == code


async def test_an_invoice_in_foreign_money_states_its_tax_in_the_tenants_too(
    client: httpx.AsyncClient, customer: str
) -> None:
    """0.92 is the rate of its day; what is written down later changes nothing."""
    await sent(client, "/exchange-rates", DOLLAR | {"rate": 0.92})
    lines = [{"description": "Fibre", "unit_price": "100.00", "tax_code": "VAT"}]
    body = {"customer_id": customer, "currency": "USD", "lines": lines}
    invoice = await sent(client, "/invoices", body)
    await sent(client, "/exchange-rates", DOLLAR | {"valid_from": "2026-11-20", "rate": 0.5})
    note = await sent(client, "/credit-notes", {"invoice_id": invoice["id"]})

    for path in (f"/invoices/{invoice['id']}", f"/credit-notes/{note['id']}"):
        pdf = await client.get(f"{path}/pdf", params={"locale": "en_GB"})
        assert pdf.status_code == 200, pdf.text
        assert "€17.48" in text_of(pdf.content)
        xml = etree.fromstring((await client.get(f"{path}/xml")).content)
        assert xml.findtext(f"{CBC}TaxCurrencyCode") == "EUR"
        assert "17.48" in [one.text for one in xml.iter(f"{CBC}TaxAmount")]


async def test_an_invoice_without_a_rate_of_its_day_states_its_tax_in_its_own_money(
    client: httpx.AsyncClient, customer: str
) -> None:
    lines = [{"description": "Fibre", "unit_price": "100.00", "tax_code": "VAT"}]
    body = {"customer_id": customer, "currency": "USD", "lines": lines}
    invoice = await sent(client, "/invoices", body)

    xml = etree.fromstring((await client.get(f"/invoices/{invoice['id']}/xml")).content)

    assert xml.findtext(f"{CBC}TaxCurrencyCode") is None


async def test_money_paid_in_another_currency_counts_in_the_customers(
    client: httpx.AsyncClient, customer: str
) -> None:
    await sent(client, "/exchange-rates", DOLLAR | {"rate": 0.9})
    lines = [{"description": "Fibre", "unit_price": "100.00"}]
    invoice = await sent(client, "/invoices", {"customer_id": customer, "lines": lines})
    paid = {"customer_id": customer, "paid_currency": "USD", "received_on": "2026-11-19"}

    by_rate = await sent(
        client, "/converted-payments", paid | {"amount": 100, "external_id": "bank-1"}
    )
    again = await sent(
        client, "/converted-payments", paid | {"amount": 100, "external_id": "bank-1"}
    )
    by_bank = await sent(client, "/converted-payments", paid | {"amount": 12, "arrived": 10})

    assert (by_rate["amount"], by_rate["currency"]) == (90.0, "EUR")
    assert again["id"] == by_rate["id"]
    assert by_bank["amount"] == 10.0
    owed = (await client.get(f"/invoices/{invoice['id']}")).json()["data"]
    assert (owed["status"], owed["amount_due"]) == ("paid", 0.0)
    listed = (await client.get("/converted-payments", params={"customer_id": customer})).json()
    sides = [(one["paid_amount"], one["amount"], one["rate"]) for one in listed["data"]]
    assert sides == [(12.0, 10.0, 0.833333333333), (100.0, 90.0, 0.9)]


async def test_foreign_money_without_a_rate_is_refused_and_nothing_is_recorded(
    client: httpx.AsyncClient, customer: str
) -> None:
    body = {"customer_id": customer, "amount": 100, "received_on": "2026-11-19"}

    missing = await sent(client, "/converted-payments", body | {"paid_currency": "USD"}, 422)
    own = await sent(client, "/converted-payments", body | {"paid_currency": "EUR"}, 422)
    later = body | {"paid_currency": "USD", "arrived": 90, "received_on": "2026-11-21"}
    future = await sent(client, "/converted-payments", later, 422)

    assert missing["code"] == "EXCHANGE_RATE_MISSING"
    assert own["code"] == "INVALID_EXCHANGE_RATE"
    assert future["code"] == "PAYMENT_IN_FUTURE"
    assert (await client.get("/payments")).json()["data"] == []


async def test_who_may_only_look_writes_no_rate(signed_in: SignedIn, tenant: Tenant) -> None:
    reader = signed_in(tenant, "billing:read")

    assert (await reader.get("/exchange-rates")).status_code == 200
    await sent(reader, "/exchange-rates", DOLLAR, 403)
    await sent(reader, "/converted-payments", {}, 403)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)
