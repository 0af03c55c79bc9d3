from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.settings.service import open_billing
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

SERVICES = {"code": "services", "name": "Services"}
GERMAN = {"country": "DE", "tax_code": "VAT", "rate": 0.19, "valid_from": "2007-01-01"}


@pytest.fixture
async def ada(database: Database, tenant: Tenant) -> str:
    """A business in France with a good number, of a seller in Germany."""

    async def open_her(session: AsyncSession) -> str:
        await open_billing(session, country="DE")
        opened = await open_customers(
            session,
            [OpenCustomer("C-1", "Ada", country="FR", tax_id="FR40303265045", is_business=True)],
        )
        return str(opened.ids["C-1"])

    return await database.run(tenant.id, open_her)


async def made(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def treated(client: httpx.AsyncClient, **more: object) -> dict[str, Any]:
    answer = await client.post(
        "/tax/calculate",
        json={"lines": [{"amount": "100.00", "tax_code": "services"}], **more},
    )
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_rules_decide_what_a_customer_pays(client: httpx.AsyncClient, ada: str) -> None:
    await made(client, "/tax-categories", SERVICES)
    await made(client, "/tax-rules", GERMAN)

    reversed_charge = await treated(client, customer_id=ada)
    consumer = await treated(client, address={"country": "FR"})
    checked = await treated(
        client, address={"country": "FR", "is_business": True, "tax_id": "FR40303265045"}
    )

    assert (reversed_charge["tax"], reversed_charge["total"]) == (0, 100)
    assert [(tax["category"], tax["exemption_code"]) for tax in reversed_charge["taxes"]] == [
        ("AE", "VATEX-EU-AE")
    ]
    assert (consumer["tax"], consumer["total"]) == (19, 119)
    assert consumer["lines"] == [{"net": 100, "tax": 19, "tax_code": "VAT", "tax_rate": 0.19}]
    assert checked["tax"] == 0


async def test_a_seller_in_the_one_stop_shop_charges_french_tax(
    client: httpx.AsyncClient, ada: str
) -> None:
    assert ada
    await made(client, "/tax-categories", SERVICES)
    await made(client, "/tax-rules", GERMAN)
    await made(client, "/tax-rules", {**GERMAN, "country": "FR", "rate": 0.2})
    oss = await made(
        client, "/tax-registrations", {"country": "DE", "scheme": "oss", "valid_from": "2021-07-01"}
    )

    assert (await treated(client, address={"country": "FR"}))["tax"] == 20
    assert (await treated(client, address={"country": "FR"}, on="2021-06-30"))["tax"] == 19

    ended = await client.post(f"/tax-registrations/{oss['id']}/end", json={"on": "2025-01-01"})

    assert ended.json()["data"]["valid_until"] == "2025-01-01"
    assert (await treated(client, address={"country": "FR"}))["tax"] == 19
    assert (await client.get("/tax-registrations?on=2025-01-01")).json()["data"] == []
    assert len((await client.get("/tax-registrations?on=2024-12-31")).json()["data"]) == 1


async def test_a_certificate_frees_a_customer_until_it_ends(
    client: httpx.AsyncClient, ada: str
) -> None:
    await client.post("/tax-rates", json={"code": "VAT", "rate": 0.2, "valid_from": "2020-01-01"})
    certificate = await made(
        client,
        "/tax-exemptions",
        {
            "customer_id": ada,
            "certificate": "C-42",
            "reason": "Charity",
            "reason_code": "VATEX-EU-132-1L",
            "document_reference": "files/42.pdf",
            "valid_from": "2026-01-01",
        },
    )
    lines = [{"amount": "100.00", "tax_code": "VAT"}]

    before = await treated(client, customer_id=ada, on="2025-12-31", lines=lines)
    freed = await treated(client, customer_id=ada, on="2026-01-01", lines=lines)
    await client.post(f"/tax-exemptions/{certificate['id']}/end", json={"on": "2026-06-01"})
    after = await treated(client, customer_id=ada, on="2026-06-01", lines=lines)

    assert [each["tax"] for each in (before, freed, after)] == [20, 0, 20]
    assert freed["taxes"][0]["exemption_reason"] == "Charity (C-42)"
    listed = (await client.get(f"/tax-exemptions?customer_id={ada}&on=2026-01-01")).json()["data"]
    assert [one["certificate"] for one in listed] == ["C-42"]


async def test_what_is_withheld_is_expected_less_but_owed_the_same(
    client: httpx.AsyncClient, ada: str
) -> None:
    await client.post("/tax-rates", json={"code": "GST", "rate": 0.18, "valid_from": "2020-01-01"})
    everybody = {"name": "TDS", "rate": 0.02, "valid_from": "2020-01-01"}
    await made(client, "/tax-withholdings", everybody)
    lines = [{"amount": "1000.00", "tax_code": "GST"}]

    for_everybody = await treated(client, customer_id=ada, lines=lines)
    own = await made(client, "/tax-withholdings", {**everybody, "rate": 0.1, "customer_id": ada})
    for_her = await treated(client, customer_id=ada, lines=lines)
    await client.post(f"/tax-withholdings/{own['id']}/end", json={"on": "2020-02-01"})

    assert (for_everybody["total"], for_everybody["expected"]) == (1180, 1160)
    assert (for_her["total"], for_her["expected"]) == (1180, 1080)
    assert for_her["withheld"] == [{"name": "TDS", "rate": 0.1, "base": 1000, "amount": 100}]
    assert len((await client.get(f"/tax-withholdings?customer_id={ada}")).json()["data"]) == 1


async def test_rules_are_found_ended_and_taken_back(client: httpx.AsyncClient) -> None:
    await made(client, "/tax-categories", SERVICES)
    german = await made(client, "/tax-rules", GERMAN)
    await made(client, "/tax-rules", {**GERMAN, "country": "US", "region": "CA", "tax_code": "CA"})

    assert [r["id"] for r in (await client.get("/tax-rules?country=DE")).json()["data"]] == [
        german["id"]
    ]
    assert (await client.get("/tax-rules?region=CA")).json()["meta"]["pagination"]["total"] == 1
    ended = await client.post(f"/tax-rules/{german['id']}/end", json={"on": "2026-01-01"})
    assert ended.json()["data"]["valid_until"] == "2026-01-01"
    assert (await client.get("/tax-rules?country=DE&on=2026-01-01")).json()["data"] == []
    assert (await client.delete(f"/tax-rules/{german['id']}")).status_code == 204
    assert (await client.delete(f"/tax-rules/{german['id']}")).status_code == 404
    assert (await client.get("/tax-rules?country=DE")).json()["data"] == []


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/tax-rules", GERMAN, 409, "TAX_RULE_EXISTS"),
        ("/tax-rules", {**GERMAN, "product_category": "x"}, 422, "UNKNOWN_TAX_CATEGORY"),
        ("/tax-rules", {**GERMAN, "valid_until": "2007-01-01"}, 422, "INVALID_TAX_SPAN"),
        ("/tax-rules", {**GERMAN, "category": "E"}, 422, "INVALID_TAX_RULE"),
        ("/tax-rules", {**GERMAN, "rate": 0, "category": "E"}, 422, "INVALID_TAX_RULE"),
        ("/tax-rules", {**GERMAN, "rate": 0}, 422, "INVALID_TAX_RULE"),
        ("/tax-rules", {**GERMAN, "rate": 1.01}, 422, "VALIDATION_FAILED"),
        ("/tax-rules", {**GERMAN, "country": "Germany"}, 422, "VALIDATION_FAILED"),
        ("/tax-categories", SERVICES, 409, "TAX_CATEGORY_TAKEN"),
        ("/tax-categories", {"code": "VAT", "name": "VAT"}, 409, "TAX_CATEGORY_TAKEN"),
        (
            "/tax-exemptions",
            {
                "customer_id": "01a1f91f-c362-74f4-8f06-d169f28bd466",
                "certificate": "C",
                "reason": "Charity",
                "valid_from": "2026-01-01",
            },
            422,
            "TAXED_CUSTOMER_UNKNOWN",
        ),
        (
            "/tax-withholdings",
            {"name": "T", "rate": 0.1, "valid_from": "2026-01-01", "product_category": "x"},
            422,
            "UNKNOWN_TAX_CATEGORY",
        ),
        ("/tax/calculate", {"lines": [{"amount": 1}]}, 422, "VALIDATION_FAILED"),
        (
            "/tax/calculate",
            {"address": {"country": "DE"}, "lines": [{"amount": 1, "tax_code": "services"}]},
            422,
            "TAX_SELLER_UNKNOWN",
        ),
        (
            "/tax/calculate",
            {"address": {"country": "DE"}, "lines": [{"amount": 1, "tax_code": "x"}]},
            422,
            "TAX_RATE_MISSING",
        ),
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    await client.post("/tax-rates", json={"code": "VAT", "rate": 0.2, "valid_from": "2020-01-01"})
    await made(client, "/tax-categories", SERVICES)
    await made(client, "/tax-rules", GERMAN)

    refused = await client.post(path, json=body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)


async def test_a_place_without_a_rule_is_a_refusal(client: httpx.AsyncClient, ada: str) -> None:
    assert ada
    await made(client, "/tax-categories", SERVICES)

    refused = await client.post(
        "/tax/calculate",
        json={
            "address": {"country": "DE"},
            "lines": [{"amount": 1, "tax_code": "services"}],
        },
    )

    assert refused.json()["error"]["code"] == "TAX_RULE_MISSING"


async def test_a_plan_may_name_a_category(client: httpx.AsyncClient) -> None:
    await made(client, "/tax-categories", SERVICES)
    component = {"code": "base", "name": "Base", "unit_price": 10, "tax_code": "services"}

    plan = await client.post("/plans", json={"code": "P", "name": "P", "components": [component]})
    unknown = await client.post(
        "/plans",
        json={"code": "Q", "name": "Q", "components": [{**component, "tax_code": "none"}]},
    )

    assert plan.status_code == 201, plan.text
    assert unknown.json()["error"]["code"] == "UNKNOWN_TAX_CODE"


async def test_who_may_read_may_not_write(signed_in: SignedIn, tenant: Tenant) -> None:
    reader = signed_in(tenant, "tax:read")

    assert (await reader.get("/tax-rules")).status_code == 200
    assert (await reader.post("/tax-rules", json=GERMAN)).status_code == 403


async def test_a_tax_cannot_have_the_code_of_a_category(client: httpx.AsyncClient) -> None:
    await client.post("/tax-categories", json=SERVICES)

    answer = await client.post(
        "/tax-rates", json={"code": SERVICES["code"], "rate": "0.2", "valid_from": "2026-01-01"}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "TAX_CODE_TAKEN")
