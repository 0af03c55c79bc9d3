"""A subscription that is started with coupons: both or neither, and as the preview said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import run_billing
from dotmac_billing.testing import payer, plan
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import TEST_NOW, Tenant

SignedIn = Callable[..., httpx.AsyncClient]

PATH = "/subscriptions"
TENTH = {"name": "A tenth", "percent_off": 0.1}


@pytest.fixture
async def order(database: Database, tenant: Tenant) -> dict[str, Any]:
    """What to send for a customer to subscribe to a line for 40.00 a month."""

    async def prepare(session: AsyncSession) -> dict[str, Any]:
        fiber = await plan(session, price="40.00")
        return {"customer_id": str(await payer(session)), "plan_id": str(fiber.plan_id)}

    return await database.run(tenant.id, prepare)


async def coupon(client: httpx.AsyncClient, code: str, **terms: object) -> dict[str, Any]:
    made = await client.post("/coupons", json={"code": code, **TENTH, **terms})
    assert made.status_code == 201, made.text
    data: dict[str, Any] = made.json()["data"]
    return data


async def test_the_first_invoice_shows_the_coupons_as_the_preview_did(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, order: dict[str, Any]
) -> None:
    await coupon(client, "FIRST")
    five = {"kind": "fixed", "percent_off": None, "amounts": {"EUR": 5}, "priority": 9}
    await coupon(client, "FIVE", **five, duration="forever")
    asked = {**order, "coupon_codes": ["first", "FIVE"]}

    previewed = await client.post(f"{PATH}/preview", json={**asked, "periods": 2})
    untouched = await client.get(PATH)
    started = await client.post(PATH, json=asked)

    assert untouched.json()["data"] == []
    assert started.status_code == 201, started.text
    # 40.00 less a tenth less 5.00; from the second month on less 5.00 only.
    to_come = previewed.json()["data"]
    assert [(one["discount"], one["total"]) for one in to_come] == [(9, 31), (5, 35)]
    await run_billing(database, tenant.id, TEST_NOW.date())
    [invoice] = (await client.get("/invoices")).json()["data"]
    issued = (await client.get(f"/invoices/{invoice['id']}")).json()["data"]
    lines = (await client.get(f"/invoices/{invoice['id']}/lines")).json()["data"]
    shown = to_come[0]
    assert [issued[name] for name in ("net", "tax", "total")] == [
        shown[name] for name in ("net", "tax", "total")
    ]
    assert [line["discount"] for line in lines] == [9]
    given = await client.get(f"/billing/customers/{order['customer_id']}/discounts")
    assert {one["subscription_id"] for one in given.json()["data"]} == {
        started.json()["data"]["id"]
    }


async def test_the_playground_says_the_same(
    client: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    await coupon(client, "FIRST")
    code = (await client.get(f"/plans/{order['plan_id']}")).json()["data"]["code"]

    previewed = await client.post(f"{PATH}/preview", json={**order, "coupon_codes": ["FIRST"]})
    asked = {"plan": code, "coupon_codes": ["FIRST"]}
    simulated = await client.post("/billing/simulate", json=asked)

    assert simulated.status_code == 200, simulated.text
    assert previewed.json()["data"][0]["total"] == 36
    assert simulated.json()["data"]["invoices"][0]["total"] == 36


@pytest.mark.parametrize(
    ("codes", "status", "error", "reason"),
    [
        (["NOWHERE"], 404, "COUPON_NOT_FOUND", None),
        (["GOOD", "OVER"], 409, "COUPON_NOT_REDEEMABLE", "closed"),
        (["GOOD", "GONE"], 409, "COUPON_NOT_REDEEMABLE", "used_up"),
        (["GOOD", "ELSEWHERE"], 409, "COUPON_NOT_REDEEMABLE", "not_applicable"),
        (["GOOD", "good"], 409, "COUPON_NOT_REDEEMABLE", "redeemed_already"),
    ],
)
async def test_a_coupon_that_cannot_be_redeemed_refuses_the_whole_start(
    *,
    client: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    order: dict[str, Any],
    codes: list[str],
    status: int,
    error: str,
    reason: str | None,
) -> None:
    async def others(session: AsyncSession) -> tuple[str, str]:
        return str((await plan(session)).plan_id), str(await payer(session))

    other_plan, other = await database.run(tenant.id, others)
    await coupon(client, "GOOD")
    await coupon(client, "OVER", closes_on="2026-11-20")
    await coupon(client, "GONE", most_redemptions=1)
    await coupon(client, "ELSEWHERE", plan_ids=[other_plan])
    await client.post(f"/billing/customers/{other}/discounts", json={"code": "GONE"})
    asked = {**order, "coupon_codes": codes}
    plan_code = (await client.get(f"/plans/{order['plan_id']}")).json()["data"]["code"]
    imagined = {"plan": plan_code, "coupon_codes": codes}

    answers = [
        await client.post(PATH, json=asked),
        await client.post(f"{PATH}/preview", json=asked),
        await client.post("/billing/simulate", json=imagined),
    ]

    for refused in answers:
        assert refused.status_code == status, refused.text
        said = refused.json()["error"]
        assert (said["code"], said["details"].get("reason")) == (error, reason)
        if reason is not None:
            assert said["details"]["coupon_code"] == codes[-1].upper()
    assert (await client.get(PATH)).json()["data"] == []
    assert (await client.get("/coupons?q=GOOD")).json()["data"][0]["redemptions"] == 0


async def test_who_may_only_read_previews_and_starts_nothing(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant, order: dict[str, Any]
) -> None:
    await coupon(client, "FIRST")
    reader = signed_in(tenant, "subscriptions:read")
    asked = {**order, "coupon_codes": ["FIRST"]}

    assert (await reader.post(f"{PATH}/preview", json=asked)).status_code == 200
    assert (await reader.post(PATH, json=asked)).status_code == 403
    assert (
        await signed_in(tenant, "plans:read").post(f"{PATH}/preview", json=asked)
    ).status_code == 403


async def test_another_tenants_coupon_is_none(
    client: httpx.AsyncClient,
    signed_in: SignedIn,
    second_tenant: Tenant,
    order: dict[str, Any],
) -> None:
    await coupon(signed_in(second_tenant), "THEIRS")

    refused = await client.post(PATH, json={**order, "coupon_codes": ["THEIRS"]})

    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "COUPON_NOT_FOUND")
