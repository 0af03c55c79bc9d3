"""Documents over HTTP: an invoice is issued, then had in every form."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import facturx
import httpx
import pypdfium2
import pytest
from lxml import etree
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.testing import payer, tax
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

SELLER = {
    "seller_name": "Netze & Co <GmbH>",
    "seller_street": "Hauptstraße 1",
    "seller_postal_code": "10115",
    "seller_city": "Berlin",
    "seller_tax_id": "DE123456789",
    "seller_iban": "DE02120300000000202051",
    "country": "DE",
}


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def picture(kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", (40, 20), "#1d4ed8").save(out, kind)
    return out.getvalue()


@pytest.fixture
async def invoice(session: AsyncSession, client: httpx.AsyncClient) -> dict[str, str]:
    """INV-000001 over 59.38 euro with 19 % tax; the buyer is a Greek company in Athens."""
    await tax(session, "VAT", "0.19")
    customer_id = await payer(session, "C-1")
    await session.commit()
    settings = await client.patch("/billing/settings", json=SELLER, headers={"if-match": "*"})
    assert settings.status_code == 200, settings.text
    buyer = {
        "company_name": "Ωmega Δίκτυα",
        "street": "Οδός 1",
        "postal_code": "10431",
        "city": "Αθήνα",
        "country": "GR",
    }
    path = f"/billing/customers/{customer_id}"
    known = await client.patch(path, json=buyer, headers={"if-match": "*"})
    assert known.status_code == 200, known.text
    lines = [{"description": "Ίνα 100", "unit_price": "49.90", "tax_code": "VAT"}]
    made = await client.post("/invoices", json={"customer_id": str(customer_id), "lines": lines})
    assert made.status_code == 201, made.text
    found: dict[str, str] = made.json()["data"]
    return found


async def test_an_invoice_is_had_as_pdf(client: httpx.AsyncClient, invoice: dict[str, str]) -> None:
    answer = await client.get(f"/invoices/{invoice['id']}/pdf", params={"locale": "de_DE"})

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="INV-000001.pdf"'
    text = text_of(answer.content)
    for said in ("Rechnung", "Ωmega Δίκτυα", "Αθήνα", "Ίνα 100", "59,38", "Netze & Co <GmbH>"):
        assert said in text
    assert "BEZAHLT" not in text


async def test_what_has_not_changed_is_not_sent_again(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    path = f"/invoices/{invoice['id']}/pdf"
    tag = (await client.get(path)).headers["etag"]

    again = await client.get(path, headers={"if-none-match": tag})
    paid = {"customer_id": invoice["customer_id"], "amount": "59.38", "received_on": "2026-11-20"}
    assert (await client.post("/payments", json=paid)).status_code == 201
    after = await client.get(path, headers={"if-none-match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert after.status_code == 200
    assert "PAID" in text_of(after.content)


async def drawn(database: Database, tenant: Tenant) -> int:
    async with database.read(tenant.id) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM core.files"))


async def test_an_issued_invoice_is_drawn_once(
    client: httpx.AsyncClient, invoice: dict[str, str], database: Database, tenant: Tenant
) -> None:
    path = f"/invoices/{invoice['id']}/pdf"

    first, again = await client.get(path), await client.get(path)

    assert first.status_code == again.status_code == 200, first.text
    assert first.content == again.content
    assert await drawn(database, tenant) == 1
    await client.post("/document-templates", json={"code": "own", "footer": "Thank you"})
    assert "Thank you" in text_of((await client.get(path)).content)
    assert await drawn(database, tenant) == 2


async def test_a_file_that_was_lost_is_drawn_again(
    client: httpx.AsyncClient, invoice: dict[str, str], database: Database, tenant: Tenant
) -> None:
    path = f"/invoices/{invoice['id']}/pdf"
    before = await client.get(path)
    app = client._transport.app  # type: ignore[attr-defined] # served in process
    shutil.rmtree(app.state.settings.dotmac_home / "files")

    after = await client.get(path)

    assert after.content == before.content
    assert await drawn(database, tenant) == 2


@pytest.mark.parametrize("form", ["ubl", "cii"])
async def test_an_invoice_is_had_as_e_invoice(
    client: httpx.AsyncClient, invoice: dict[str, str], form: str
) -> None:
    answer = await client.get(f"/invoices/{invoice['id']}/xml", params={"format": form})

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/xml"
    assert "INV-000001.xml" in answer.headers["content-disposition"]
    assert facturx.xml_check_xsd(answer.content)
    said = " ".join(etree.fromstring(answer.content).itertext())
    for part in ("INV-000001", "Ωmega Δίκτυα", "49.90", "9.48", "59.38", "DE123456789"):
        assert part in said


async def test_a_payment_later_does_not_change_the_e_invoice(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    path = f"/invoices/{invoice['id']}/xml"
    before = await client.get(path)

    paid = {"customer_id": invoice["customer_id"], "amount": "59.38", "received_on": "2026-11-20"}
    await client.post("/payments", json=paid)

    assert (await client.get(path)).content == before.content


async def test_a_factur_x_carries_the_same_invoice(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    path = f"/invoices/{invoice['id']}/xml"
    alone = await client.get(path, params={"format": "cii"})

    hybrid = await client.get(path, params={"format": "facturx"})

    name, carried = facturx.get_facturx_xml_from_pdf(hybrid.content)
    assert (name, carried) == ("factur-x.xml", alone.content)
    assert "Ωmega Δίκτυα" in text_of(hybrid.content)


async def test_an_invoice_is_had_as_a_page_that_can_do_nothing(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    answer = await client.get(f"/invoices/{invoice['id']}/html")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert "Netze &amp; Co &lt;GmbH&gt;" in answer.text
    assert "<script" not in answer.text


async def test_compliance_is_told_before_anybody_requires_it(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    path = f"/invoices/{invoice['id']}/compliance"

    told = (await client.get(path)).json()["data"]

    assert told == {"conforms": True, "findings": []}


async def test_an_invoice_from_nowhere_does_not_conform(
    session: AsyncSession, client: httpx.AsyncClient
) -> None:
    customer_id = await payer(session, "C-2")
    await session.commit()
    lines = [{"description": "Dig", "unit_price": 10}]
    body = {"customer_id": str(customer_id), "lines": lines}
    made = (await client.post("/invoices", json=body)).json()["data"]

    told = (await client.get(f"/invoices/{made['id']}/compliance")).json()["data"]

    assert not told["conforms"]
    assert {"BR-06", "BR-09", "BR-11"} <= {found["rule"] for found in told["findings"]}


async def test_the_parties_are_those_of_the_day(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    path = f"/invoices/{invoice['id']}/xml"
    before = await client.get(path)

    await client.patch(
        "/billing/settings", json={"seller_name": "Renamed SE"}, headers={"if-match": "*"}
    )
    await client.patch(
        f"/billing/customers/{invoice['customer_id']}",
        json={"company_name": "Renamed SA"},
        headers={"if-match": "*"},
    )

    assert (await client.get(path)).content == before.content


async def test_a_credit_note_is_a_document_of_its_own(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    asked = {"invoice_id": invoice["id"], "memo": "Outage"}
    note = (await client.post("/credit-notes", json=asked)).json()["data"]
    path = f"/credit-notes/{note['id']}"

    pdf = await client.get(f"{path}/pdf")
    xml = await client.get(f"{path}/xml")
    page = await client.get(f"{path}/html")
    told = (await client.get(f"{path}/compliance")).json()["data"]

    for said in ("Credit note", "CN-000001", "INV-000001", "Outage", "59.38"):
        assert said in text_of(pdf.content)
        assert said in page.text
    root = etree.fromstring(xml.content)
    assert etree.QName(root).localname == "CreditNote"
    assert facturx.xml_check_xsd(xml.content)
    assert told == {"conforms": True, "findings": []}


async def test_a_statement_shows_each_movement_and_the_balance(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    paid = {"customer_id": invoice["customer_id"], "amount": "20", "received_on": "2026-11-20"}
    await client.post("/payments", json=paid)
    path = f"/billing/customers/{invoice['customer_id']}/statements/pdf"

    answer = await client.get(path, params={"locale": "en_GB"})
    other = await client.get(path, params={"currency": "USD"})

    assert answer.status_code == 200, answer.text
    text = text_of(answer.content)
    for said in ("Statement of account", "Ωmega Δίκτυα", "INV-000001", "59.38", "20.00", "€39.38"):
        assert said in text
    assert other.status_code == 404


async def test_a_template_is_what_documents_look_like(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    wanted = {
        "code": "french",
        "locale": "fr_FR",
        "paper": "letter",
        "accent": "#047857",
        "terms": "Payable sous 14 jours.",
        "footer": "Capital 10.000 €",
    }
    made = await client.post("/document-templates", json=wanted)

    pdf = (await client.get(f"/invoices/{invoice['id']}/pdf")).content

    assert made.status_code == 201, made.text
    assert made.json()["data"]["is_default"]
    text = text_of(pdf)
    for said in ("Facture", "Payable sous 14 jours.", "Capital 10.000 €", "Page 1 sur 1"):
        assert said in text
    assert pypdfium2.PdfDocument(pdf)[0].get_size() == (612, 792)


async def test_a_new_default_takes_the_place_of_the_old(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    first = (await client.post("/document-templates", json={"code": "a"})).json()["data"]
    body = {"code": "b", "locale": "es", "is_default": True}
    await client.post("/document-templates", json=body)

    found = (await client.get("/document-templates")).json()["data"]
    path = f"/invoices/{invoice['id']}/pdf"
    usual, other = (
        await client.get(path),
        await client.get(path, params={"template": "a"}),
    )

    assert [(one["code"], one["is_default"]) for one in found] == [("a", False), ("b", True)]
    assert first["is_default"]
    assert "Factura" in text_of(usual.content)
    assert "Invoice" in text_of(other.content)


async def test_a_template_is_changed_by_who_read_it(client: httpx.AsyncClient) -> None:
    made = (await client.post("/document-templates", json={"code": "a"})).json()["data"]
    path = f"/document-templates/{made['id']}"
    tag = (await client.get(path)).headers["etag"]

    changed = await client.patch(path, json={"header": "Hello"}, headers={"if-match": tag})
    late = await client.patch(path, json={"header": "No"}, headers={"if-match": tag})
    taken = await client.patch(path, json={"header": ""}, headers={"if-match": "*"})
    removed = await client.delete(path)

    assert changed.json()["data"]["header"] == "Hello"
    assert late.status_code == 412
    assert taken.json()["data"]["header"] is None
    assert removed.status_code == 204
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_a_logo_is_shown(client: httpx.AsyncClient, kind: str) -> None:
    made = (await client.post("/document-templates", json={"code": "a"})).json()["data"]
    path = f"/document-templates/{made['id']}"
    plain = (await client.get(f"{path}/preview")).content

    put = await client.put(f"{path}/logo", content=picture(kind))
    shown = (await client.get(f"{path}/preview")).content
    page = await client.get(f"{path}/preview", params={"form": "html"})
    gone = await client.delete(f"{path}/logo")

    assert put.json()["data"]["has_logo"], put.text
    assert len(list(pypdfium2.PdfDocument(shown)[0].get_objects([3]))) == 1
    assert not list(pypdfium2.PdfDocument(plain)[0].get_objects([3]))
    assert 'src="data:image/' in page.text
    assert not gone.json()["data"]["has_logo"]


@pytest.mark.parametrize(
    "logo",
    [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n and then nothing", b"\xff\xd8\xff" + bytes(1024 * 1024)],
    ids=["nothing", "another type", "broken", "too large"],
)
async def test_what_is_no_logo_is_refused(client: httpx.AsyncClient, logo: bytes) -> None:
    made = (await client.post("/document-templates", json={"code": "a"})).json()["data"]

    refused = await client.put(f"/document-templates/{made['id']}/logo", content=logo)

    assert refused.status_code == 422, refused.text
    assert refused.json()["error"]["code"] == "INVALID_DOCUMENT_TEMPLATE"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"code": "b", "locale": "xx_YY"}, "INVALID_DOCUMENT_TEMPLATE"),
        ({"code": "b", "html": "{{ view.nothing }}"}, "INVALID_DOCUMENT_TEMPLATE"),
        ({"code": "b", "accent": "blue"}, "VALIDATION_FAILED"),
        ({"code": "b", "paper": "A3"}, "VALIDATION_FAILED"),
        ({"code": "a"}, "DOCUMENT_TEMPLATE_TAKEN"),
    ],
)
async def test_what_is_no_template_is_refused(
    client: httpx.AsyncClient, body: dict[str, str], code: str
) -> None:
    await client.post("/document-templates", json={"code": "a"})

    refused = await client.post("/document-templates", json=body)

    assert refused.status_code in {409, 422}
    assert refused.json()["error"]["code"] == code


async def test_what_is_not_there_is_not_found(
    client: httpx.AsyncClient, invoice: dict[str, str]
) -> None:
    nobody = UUID(int=7)
    path = f"/invoices/{invoice['id']}/pdf"

    codes = [
        (await client.get(f"/invoices/{nobody}/pdf")).json()["error"]["code"],
        (await client.get(f"/credit-notes/{nobody}/xml")).json()["error"]["code"],
        (await client.get(path, params={"template": "none"})).json()["error"]["code"],
    ]

    assert codes == ["DOCUMENT_NOT_FOUND", "DOCUMENT_NOT_FOUND", "DOCUMENT_TEMPLATE_NOT_FOUND"]


async def test_nobody_sees_the_documents_of_another(
    signed_in: SignedIn, second_tenant: Tenant, invoice: dict[str, str]
) -> None:
    stranger = signed_in(second_tenant)

    for form in ("pdf", "html", "xml", "compliance"):
        assert (await stranger.get(f"/invoices/{invoice['id']}/{form}")).status_code == 404
