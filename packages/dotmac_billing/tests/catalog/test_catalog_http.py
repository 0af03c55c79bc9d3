from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dotmac_core_ops.database import new_id
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

FIBER: dict[str, Any] = {
    "code": "FIBER-100",
    "name": "Fiber 100",
    "currency": "EUR",
    "components": [
        {"code": "base", "name": "Line", "unit_price": 49.90, "tax_code": "VAT"},
        {"code": "install", "name": "Installation", "unit_price": "99.00", "kind": "one_time"},
    ],
}
VAT = {"code": "VAT", "rate": 0.2, "valid_from": "2020-01-01"}


@pytest.fixture
async def fiber(client: httpx.AsyncClient) -> dict[str, Any]:
    """A plan published over HTTP."""
    assert (await client.post("/tax-rates", json=VAT)).status_code == 201
    published = await client.post("/plans", json=FIBER)
    assert published.status_code == 201, published.text
    data: dict[str, Any] = published.json()["data"]
    return data


async def test_a_published_plan_is_read_with_its_versions(
    client: httpx.AsyncClient, fiber: dict[str, Any]
) -> None:
    read = (await client.get(f"/plans/{fiber['id']}")).json()["data"]

    assert read == fiber
    [version] = read["versions"]
    assert (version["cycle"], version["timing"]) == ("monthly", "advance")
    assert [one["unit_price"] for one in version["components"]] == [49.90, 99.00]


async def test_new_terms_come_first(client: httpx.AsyncClient, fiber: dict[str, Any]) -> None:
    terms = {
        "cycle": "annually",
        "components": [{"code": "base", "name": "Line", "unit_price": "529.20"}],
    }

    answer = await client.post(f"/plans/{fiber['id']}/versions", json=terms)

    assert answer.status_code == 201
    read = (await client.get(f"/plans/{fiber['id']}")).json()["data"]
    assert [one["version"] for one in read["versions"]] == [2, 1]


async def test_plans_are_listed(client: httpx.AsyncClient, fiber: dict[str, Any]) -> None:
    retired = await client.post(f"/plans/{fiber['id']}/retire", json={"on": "2026-12-01"})

    assert retired.json()["data"]["retired_on"] == "2026-12-01"
    for day, codes in (("2026-11-30", ["FIBER-100"]), ("2026-12-01", [])):
        listed = (await client.get(f"/plans?offered_on={day}")).json()
        assert [one["code"] for one in listed["data"]] == codes


async def test_tax_rates_are_listed_newest_first(client: httpx.AsyncClient) -> None:
    for rate, day in ((0.19, "2020-01-01"), ("0.21", "2022-01-01")):
        await client.post("/tax-rates", json={"code": "VAT", "rate": rate, "valid_from": day})

    listed = (await client.get("/tax-rates")).json()["data"]

    assert [(one["rate"], one["valid_from"]) for one in listed] == [
        (0.21, "2022-01-01"),
        (0.19, "2020-01-01"),
    ]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({}, 409, "PLAN_CODE_TAKEN"),
        ({"code": "F-2", "pricing_model": "tiered"}, 422, "PRICING_MODEL_NOT_AVAILABLE"),
        ({"code": "F-2", "components": []}, 422, "VALIDATION_FAILED"),
        ({"code": "F-2", "currency": "EUX"}, 422, "INVALID_CURRENCY"),
        ({"code": ""}, 422, "VALIDATION_FAILED"),
    ],
)
async def test_a_plan_that_cannot_be_published_says_why(
    client: httpx.AsyncClient,
    fiber: dict[str, Any],
    change: dict[str, Any],
    status: int,
    code: str,
) -> None:
    assert fiber
    refused = await client.post("/plans", json={**FIBER, **change})

    assert refused.status_code == status
    assert refused.json()["error"]["code"] == code


@pytest.mark.parametrize("price", [-1, "NaN", "1e13", "0.0000000000001", 0.1234567890123456])
async def test_a_price_that_is_none_is_refused(client: httpx.AsyncClient, price: object) -> None:
    component = {"code": "base", "name": "Line", "unit_price": price}
    refused = await client.post("/plans", json={**FIBER, "components": [component]})

    assert refused.status_code == 422


async def test_a_rate_above_one_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/tax-rates", json={**VAT, "rate": 20})).status_code == 422


async def test_an_unknown_plan_is_not_found(client: httpx.AsyncClient) -> None:
    missing = await client.get(f"/plans/{new_id()}")

    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "PLAN_NOT_FOUND"


async def test_another_tenant_may_use_the_same_code(
    signed_in: SignedIn, second_tenant: Tenant, fiber: dict[str, Any]
) -> None:
    other = signed_in(second_tenant)
    await other.post("/tax-rates", json=VAT)

    assert (await other.get(f"/plans/{fiber['id']}")).status_code == 404
    assert (await other.post("/plans", json=FIBER)).status_code == 201
