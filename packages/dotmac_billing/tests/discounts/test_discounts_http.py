from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from dotmac_billing.catalog.plan import NewComponent
from dotmac_billing.catalog.terms import ChargeModel, ComponentKind
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

PATH = "/coupons"
NOBODY = "00000000-0000-7000-8000-000000000000"  # named alike by all parallel workers
TEN_PERCENT = {"code": "welcome10", "name": "Welcome", "percent_off": 0.1}


@pytest.fixture
async def customer(database: Database, tenant: Tenant) -> str:
    return str(await database.run(tenant.id, payer))


def discounts(customer: str) -> str:
    return f"/billing/customers/{customer}/discounts"


async def test_a_coupon_is_made_redeemed_listed_and_revoked(
    client: httpx.AsyncClient, customer: str
) -> None:
    made = await client.post(PATH, json=TEN_PERCENT)
    assert made.status_code == 201, made.text
    coupon = made.json()["data"]
    assert (coupon["code"], coupon["percent_off"], coupon["status"]) == ("WELCOME10", 0.1, "active")
    assert (await client.get(f"{PATH}/{coupon['id']}")).json()["data"] == coupon

    redeemed = await client.post(discounts(customer), json={"code": "Welcome10"})
    assert redeemed.status_code == 201, redeemed.text
    discount = redeemed.json()["data"]
    assert (discount["status"], discount["uses_left"], discount["starts_on"]) == (
        "live",
        1,
        "2026-11-20",
    )
    for path in (discounts(customer), f"{PATH}/{coupon['id']}/redemptions"):
        listed = (await client.get(f"{path}?status=live")).json()
        assert listed["data"] == [discount]
        assert listed["meta"]["pagination"]["total"] == 1

    revoke = f"{discounts(customer)}/{discount['id']}/revoke"
    assert (await client.post(revoke)).json()["data"]["status"] == "revoked"
    assert (await client.post(revoke)).json()["error"]["code"] == "REDEMPTION_REVOKED"
    assert (await client.get(f"{discounts(customer)}?status=live")).json()["data"] == []


async def test_amounts_by_currency_and_tiers_come_back_as_numbers(
    client: httpx.AsyncClient,
) -> None:
    fixed = {
        "code": "FIVE",
        "name": "Five off",
        "kind": "fixed",
        "amounts": {"EUR": 5, "USD": "5.50"},
        "minimums": {"EUR": 20},
    }
    volume = {
        "code": "MANY",
        "name": "The more",
        "kind": "volume",
        "tiers": [{"above": 10, "percent_off": 0.05}],
        "duration": "forever",
    }

    first = (await client.post(PATH, json=fixed)).json()["data"]
    second = (await client.post(PATH, json=volume)).json()["data"]

    assert (first["amounts"], first["minimums"]) == ({"EUR": 5, "USD": 5.5}, {"EUR": 20})
    assert second["tiers"] == [{"above": 10, "percent_off": 0.05}]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"percent_off": 0}, 422, "INVALID_COUPON"),
        ({"percent_off": 1.5}, 422, "VALIDATION_FAILED"),
        ({"code": "two words"}, 422, "INVALID_COUPON"),
        ({"amounts": {"euro": 5}}, 422, "VALIDATION_FAILED"),
        ({"amounts": {"EUR": 5}}, 422, "INVALID_COUPON"),
        ({"currencies": ["XXX"]}, 422, "INVALID_CURRENCY"),
        ({"plan_ids": [NOBODY]}, 422, "INVALID_COUPON"),
        ({"percent": 1}, 422, "VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_a_coupon_says_why(
    client: httpx.AsyncClient, change: dict[str, Any], status: int, code: str
) -> None:
    refused = await client.post(PATH, json={**TEN_PERCENT, **change})

    assert refused.status_code == status
    assert refused.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "NOWHERE"}, 404, "COUPON_NOT_FOUND"),
        ({"code": "WELCOME10", "subscription_id": NOBODY}, 404, "SUBSCRIPTION_NOT_FOUND"),
        ({"code": ""}, 422, "VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_redeemed_says_why(
    client: httpx.AsyncClient, customer: str, body: dict[str, Any], status: int, code: str
) -> None:
    await client.post(PATH, json=TEN_PERCENT)

    refused = await client.post(discounts(customer), json=body)

    assert refused.status_code == status
    assert refused.json()["error"]["code"] == code


async def test_nobody_redeems_for_somebody_who_does_not_exist(client: httpx.AsyncClient) -> None:
    await client.post(PATH, json=TEN_PERCENT)

    assert (await client.post(discounts(NOBODY), json={"code": "WELCOME10"})).status_code == 404
    assert (await client.get(discounts(NOBODY))).status_code == 404
    assert (await client.get(f"{PATH}/{NOBODY}/redemptions")).status_code == 404


async def test_a_coupon_is_changed_by_who_has_read_it(client: httpx.AsyncClient) -> None:
    made = await client.post(PATH, json=TEN_PERCENT)
    path = f"{PATH}/{made.json()['data']['id']}"
    change = {"most_redemptions": 7, "closes_on": "2027-01-01"}

    blind = await client.patch(path, json=change)
    changed = await client.patch(path, json=change, headers={"If-Match": made.headers["etag"]})
    late = await client.patch(path, json=change, headers={"If-Match": made.headers["etag"]})

    assert (blind.status_code, late.status_code) == (428, 412)
    assert changed.json()["data"]["most_redemptions"] == 7
    assert changed.json()["data"]["closes_on"] == "2027-01-01"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=code", ["AUTUMN", "SPRING", "WINTER"]),
        ("sort=-code&per_page=1", ["WINTER"]),
        ("q=au", ["AUTUMN"]),
        ("status=archived", ["SPRING"]),
        ("status=active&sort=code", ["AUTUMN", "WINTER"]),
        ("kind=fixed", []),
    ],
)
async def test_coupons_are_found(
    client: httpx.AsyncClient, query: str, expected: list[str]
) -> None:
    for name in ("AUTUMN", "SPRING", "WINTER"):
        made = (await client.post(PATH, json={**TEN_PERCENT, "code": name})).json()["data"]
        if name == "SPRING":
            await client.post(f"{PATH}/{made['id']}/archive")

    listed = await client.get(f"{PATH}?{query}")

    assert [one["code"] for one in listed.json()["data"]] == expected


async def test_a_coupon_is_previewed_on_a_plan(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        fiber = await plan(
            session,
            components=[
                NewComponent("base", "Line", Decimal("29.90")),
                NewComponent("box", "Box", Decimal("4.50"), model=ChargeModel.PER_UNIT),
                NewComponent(
                    "install", "Installation", Decimal("60.00"), kind=ComponentKind.ONE_TIME
                ),
            ],
        )
    await client.post(PATH, json={**TEN_PERCENT, "component_codes": ["base", "box"]})
    asked = {
        "code": "welcome10",
        "plan_id": str(fiber.plan_id),
        "items": [{"component": "box", "quantity": 2}],
    }

    seen = (await client.post(f"{PATH}/preview", json=asked)).json()["data"]

    assert [(one["component"], one["amount"], one["discount"]) for one in seen["lines"]] == [
        ("base", 29.9, 2.99),
        ("box", 9, 0.9),
        ("install", 60, 0),
    ]
    assert (seen["amount"], seen["discount"], seen["net"]) == (98.9, 3.89, 95.01)
    refused = await client.post(f"{PATH}/preview", json={**asked, "currency": "USD"})
    assert refused.json()["error"]["code"] == "COUPON_NOT_REDEEMABLE"


async def test_another_tenant_neither_sees_nor_redeems_it(
    client: httpx.AsyncClient, signed_in: SignedIn, second_tenant: Tenant, customer: str
) -> None:
    made = (await client.post(PATH, json=TEN_PERCENT)).json()["data"]
    other = signed_in(second_tenant)

    assert (await other.get(f"{PATH}/{made['id']}")).status_code == 404
    assert (await other.post(discounts(customer), json={"code": "WELCOME10"})).status_code == 404
    assert (await other.get(PATH)).json()["data"] == []


async def test_reading_does_not_allow_giving(
    signed_in: SignedIn, tenant: Tenant, database: Database
) -> None:
    async with database.transaction(tenant.id) as session:
        customer = await payer(session)
        await subscribed(session, since=date(2026, 1, 1), customer=customer)
    reader = signed_in(tenant, "discounts:read")

    assert (await reader.get(PATH)).status_code == 200
    assert (await reader.post(PATH, json=TEN_PERCENT)).status_code == 403
    assert (await reader.post(discounts(str(customer)), json={"code": "X"})).status_code == 403
