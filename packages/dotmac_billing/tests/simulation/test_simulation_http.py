from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dotmac_billing.simulation.examples import ANSWER, QUESTION
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

TELEPHONY: dict[str, Any] = {
    "currency": "EUR",
    "components": [
        {"code": "base", "name": "Line", "unit_price": 10},
        {
            "code": "calls",
            "name": "Calls",
            "kind": "usage",
            "meter": "calls",
            "model": "time_of_use",
            "prices": {
                "EUR": {
                    "windows": [
                        {
                            "name": "day",
                            "days": ["mon", "tue", "wed", "thu", "fri"],
                            "from": "08:00",
                            "to": "20:00",
                            "unit_price": "0.10",
                        }
                    ],
                    "otherwise_unit_price": "0.01",
                }
            },
        },
    ],
}


async def simulate(client: httpx.AsyncClient, **body: object) -> dict[str, Any]:
    answer = await client.post("/billing/simulate", json=body)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def refusal(client: httpx.AsyncClient, **body: object) -> tuple[int, str]:
    answer = await client.post("/billing/simulate", json=body)
    return answer.status_code, answer.json()["error"]["code"]


async def test_the_documented_question_has_the_documented_answer(
    client: httpx.AsyncClient,
) -> None:
    found = await simulate(client, **QUESTION)

    assert found == ANSWER
    february = found["invoices"][1]
    # 1000 x 0.10 + 500 x 0.05 and the line's 49.90, at 20 %
    assert (february["net"], february["total"]) == (174.9, 209.88)


async def test_single_uses_are_charged_by_the_time_on_the_wall(client: httpx.AsyncClient) -> None:
    uses = [
        {"at": "2026-01-05T08:00:00", "quantity": 10},  # a Monday morning
        {"at": "2026-01-05T06:30:00Z", "quantity": 10},  # half past seven in Vienna
        {"at": "2026-01-05T07:00:00Z", "quantity": 10},
        {"at": "2026-01-10", "quantity": 100},  # a Saturday
        {"at": "2026-03-01", "quantity": 1000},  # after the periods that are asked about
    ]

    found = await simulate(
        client,
        terms=TELEPHONY,
        start_on="2026-01-01",
        periods=2,
        time_zone="Europe/Vienna",
        usage={"calls": {"uses": uses}},
    )

    _, calls = found["invoices"][1]["lines"]
    assert (calls["quantity"], calls["net"]) == (130, 3.1)  # 20 x 0.10 + 110 x 0.01
    assert found["unbilled_uses"] == 1


async def test_a_published_plan_is_simulated_by_its_code_and_version(
    client: httpx.AsyncClient,
) -> None:
    plan = {"code": "FIBER", "name": "Fiber", "currency": "EUR"}
    line = {"code": "base", "name": "Line", "tax_code": "VAT"}
    await client.post("/tax-rates", json={"code": "VAT", "rate": 0.2, "valid_from": "2020-01-01"})
    first = await client.post("/plans", json={**plan, "components": [{**line, "unit_price": 30}]})
    plan_id = first.json()["data"]["id"]
    await client.post(
        f"/plans/{plan_id}/versions",
        json={"currency": "EUR", "components": [{**line, "unit_price": 40}]},
    )

    newest = await simulate(client, plan="FIBER", start_on="2026-01-01")
    first_version = await simulate(client, plan="FIBER", version=1, start_on="2026-01-01")

    assert newest["invoices"][0]["total"] == 48
    assert first_version["invoices"][0]["total"] == 36


async def test_a_quantity_a_tax_of_the_tenant_and_a_coupon_count(client: httpx.AsyncClient) -> None:
    await client.post("/tax-rates", json={"code": "VAT", "rate": 0.1, "valid_from": "2020-01-01"})
    coupon = {"code": "TENTH", "name": "A tenth", "kind": "percent", "percent_off": 0.1}
    made = await client.post("/coupons", json=coupon)
    assert made.status_code == 201, made.text
    seats = {"code": "seat", "name": "Seat", "model": "per_unit", "unit_price": 20}

    found = await simulate(
        client,
        terms={"components": [seats]},
        items=[{"component": "seat", "quantity": 5}],
        start_on="2026-01-01",
        periods=2,
        tax_code="VAT",
        coupon_codes=["tenth"],
    )

    once, after = found["invoices"]
    assert (once["discount"], once["net"], once["total"]) == (10, 90, 99)
    assert (after["discount"], after["net"], after["total"]) == (0, 100, 110)


async def test_nothing_is_written(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async def counted() -> list[int]:
        async with database.read(tenant.id) as connection:
            return [
                await connection.fetchval(f"SELECT count(*) FROM {table}")
                for table in (
                    *("billing.plans", "billing.plan_versions", "billing.subscriptions"),
                    *("billing.invoices", "billing.customers", "core.audit_log", "events.outbox"),
                )
            ]

    await client.get("/plans")  # whatever a first request leaves behind
    before = await counted()

    await simulate(client, **QUESTION)

    assert await counted() == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "VALIDATION_FAILED"),
        ({"plan": "A", "terms": TELEPHONY}, 422, "VALIDATION_FAILED"),
        (
            {
                "terms": TELEPHONY,
                "usage": {"calls": {"uses": [{"at": "0001-01-01T00:00+14:00", "quantity": 1}]}},
            },
            422,
            "VALIDATION_FAILED",
        ),
        ({"plan": "NOBODY-HAS-IT"}, 404, "PLAN_NOT_FOUND"),
        ({"terms": TELEPHONY, "usage": {"base": {}}}, 422, "COMPONENT_NOT_METERED"),
        ({"terms": TELEPHONY, "usage": {"sms": {}}}, 422, "UNKNOWN_COMPONENT"),
        ({"terms": TELEPHONY, "currency": "USD"}, 422, "INVALID_SUBSCRIPTION"),
        ({"terms": TELEPHONY, "coupon": "NONE"}, 404, "COUPON_NOT_FOUND"),
        ({"terms": TELEPHONY, "time_zone": "Mars/Base"}, 422, "UNKNOWN_TIME_ZONE"),
        ({"terms": TELEPHONY, "tax_code": "NOWHERE"}, 422, "TAX_RATE_MISSING"),
        (
            {
                "terms": TELEPHONY,
                "periods": 2,
                "usage": {"calls": {"totals": [{"quantity": 5}]}},
            },
            422,
            "USAGE_NOT_MEASURED",
        ),
        (
            {"terms": {"components": [{"code": "a", "name": "A", "prices": {"EUR": {}}}]}},
            422,
            "INVALID_PLAN",
        ),
    ],
)
async def test_what_cannot_be_simulated_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any], status: int, code: str
) -> None:
    assert await refusal(client, **body) == (status, code)


async def test_seeing_plans_is_enough_and_needed(signed_in: SignedIn, tenant: Tenant) -> None:
    reader = signed_in(tenant, "plans:read")
    other = signed_in(tenant, "invoices:read")

    assert (await reader.post("/billing/simulate", json=QUESTION)).status_code == 200
    assert (await other.post("/billing/simulate", json=QUESTION)).status_code == 403
