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


INTERNET = {"code": "internet", "name": "Internet"}
GIGABYTES = {
    "code": "gigabytes",
    "name": "Gigabytes",
    "aggregation": "sum",
    "dimensions": ["direction"],
}
RICH: dict[str, Any] = {
    **FIBER,
    "code": "FIBER-1000",
    "product": "internet",
    "components": [
        {"code": "line", "name": "Line", "unit_price": 49.9, "prices": {"USD": {"price": 55}}},
        {
            "code": "traffic",
            "name": "Traffic",
            "kind": "usage",
            "model": "graduated",
            "meter": "gigabytes",
            "filters": {"direction": ["down"]},
            "prices": {
                "EUR": {
                    "tiers": [
                        {"up_to": 100, "unit_price": 0},
                        {"up_to": None, "unit_price": 0.0125},
                    ]
                }
            },
        },
    ],
    "phases": [
        {"code": "trial", "kind": "trial", "length": 14, "unit": "days"},
        {"code": "on", "kind": "evergreen"},
    ],
    "termination_fee": {"EUR": 120},
    "features": {"mail": 5, "ip": True, "help": "day", "disk": -1},
    "change_rules": [{"to": "product:internet", "direction": "down", "behaviour": "at_renewal"}],
}


@pytest.fixture
async def rich(client: httpx.AsyncClient) -> dict[str, Any]:
    """A plan of a product with phases, usage and features."""
    await client.post("/tax-rates", json=VAT)
    assert (await client.post("/products", json=INTERNET)).status_code == 201
    assert (await client.post("/meters", json=GIGABYTES)).status_code == 201
    published = await client.post("/plans", json=RICH)
    assert published.status_code == 201, published.text
    data: dict[str, Any] = published.json()["data"]
    return data


async def test_prices_are_kept_as_they_were_written(rich: dict[str, Any]) -> None:
    [version] = rich["versions"]
    line, traffic = version["components"]

    assert version["pricing_model"] == "hybrid"
    assert line["prices"] == {"EUR": {"price": "49.9"}, "USD": {"price": "55"}}
    assert traffic["prices"]["EUR"]["tiers"] == [
        {"up_to": "100", "unit_price": "0"},
        {"up_to": None, "unit_price": "0.0125"},
    ]
    assert version["termination_fee"] == {"EUR": 120}
    assert version["change_rules"] == [
        {
            "from": "plan:FIBER-1000",
            "to": "product:internet",
            "direction": "down",
            "behaviour": "at_renewal",
        }
    ]


async def test_entitlements_of_a_version(client: httpx.AsyncClient, rich: dict[str, Any]) -> None:
    read = await client.get(f"/plans/{rich['id']}/versions/1/entitlements")

    assert [(one["feature"], one["limit"], one["word"]) for one in read.json()["data"]] == [
        ("disk", None, None),
        ("help", None, "day"),
        ("ip", None, None),
        ("mail", 5, None),
    ]
    missing = await client.get(f"/plans/{rich['id']}/versions/2/entitlements")
    assert missing.json()["error"]["code"] == "PLAN_NOT_FOUND"


async def test_products_are_added_changed_and_listed(
    client: httpx.AsyncClient, rich: dict[str, Any]
) -> None:
    assert (await client.post("/products", json=INTERNET)).json()["error"]["code"] == (
        "PRODUCT_CODE_TAKEN"
    )
    await client.post("/products", json={"code": "tv", "name": "Television"})

    renamed = await client.patch(f"/products/{rich['product_id']}", json={"name": "The net"})

    assert renamed.json()["data"]["name"] == "The net"
    listed = (await client.get("/products?per_page=1&page=2")).json()
    assert [one["code"] for one in listed["data"]] == ["tv"]
    assert listed["meta"]["pagination"]["total"] == 2
    read = (await client.get(f"/products/{rich['product_id']}")).json()["data"]
    assert read == renamed.json()["data"]
    assert (await client.get(f"/products/{new_id()}")).status_code == 404


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=1000", ["FIBER-1000"]),
        ("q=fibre", []),
        ("q=50%25", []),
        ("product=internet", ["FIBER-1000"]),
        ("product=tv", []),
        ("is_public=false", []),
        ("is_add_on=false&sort=-code", ["FIBER-1000", "FIBER-100"]),
    ],
)
async def test_plans_are_found(
    client: httpx.AsyncClient, rich: dict[str, Any], query: str, codes: list[str]
) -> None:
    assert rich
    await client.post("/plans", json=FIBER)

    listed = (await client.get(f"/plans?{query}")).json()

    assert [one["code"] for one in listed["data"]] == codes
    assert listed["meta"]["pagination"]["total"] == len(codes)


async def test_the_price_list_is_read_by_product_and_currency(
    client: httpx.AsyncClient, rich: dict[str, Any]
) -> None:
    await client.post("/plans", json=FIBER)
    listed = (await client.get("/price-list?product=internet&currency=EUR")).json()["data"]

    assert [offer["version"]["code"] for offer in listed] == ["FIBER-1000"]
    assert listed[0]["version"]["plan_id"] == rich["id"]
    assert (await client.get("/price-list?currency=USD")).json()["data"] == []


async def test_a_plan_is_renamed_retired_and_offered_again(
    client: httpx.AsyncClient, fiber: dict[str, Any]
) -> None:
    path = f"/plans/{fiber['id']}"
    renamed = await client.patch(path, json={"name": "Fibre", "is_public": False})
    await client.post(f"{path}/retire", json={"on": "2026-12-01"})

    back = await client.post(f"{path}/unretire")

    assert (renamed.json()["data"]["name"], renamed.json()["data"]["is_public"]) == ("Fibre", False)
    assert back.json()["data"]["retired_on"] is None
    assert back.json()["data"]["versions"] == fiber["versions"]


async def test_change_rules_are_set_as_a_whole(client: httpx.AsyncClient) -> None:
    rules = [
        {"from": "*", "to": "*", "direction": "down", "behaviour": "now_without_credit"},
        {"from": "product:internet", "to": "*", "direction": None, "behaviour": "restart_cycle"},
    ]
    answer = await client.put("/change-rules", json={"rules": rules})

    assert answer.json()["data"] == rules
    assert (await client.get("/change-rules")).json()["data"] == rules
    twice = await client.put("/change-rules", json={"rules": [rules[0], rules[0]]})
    assert twice.json()["error"]["code"] == "INVALID_CHANGE_RULES"
    assert (await client.get("/change-rules")).json()["data"] == rules


@pytest.mark.parametrize(
    ("component", "code"),
    [
        ({"code": "a", "name": "A"}, "VALIDATION_FAILED"),
        ({"code": "a", "name": "A", "prices": {"EUR": {"price": "x"}}}, "INVALID_PLAN"),
        ({"code": "a", "name": "A", "prices": {"EUR": {"price": -1}}}, "INVALID_PLAN"),
        ({"code": "a", "name": "A", "prices": {"EUX": {"price": 1}}}, "INVALID_PLAN"),
        (
            {"code": "a", "name": "A", "prices": {"EUR": {"price": "1"}, "EUX": {}}},
            "INVALID_CURRENCY",
        ),
        ({"code": "a", "name": "A", "unit_price": 1, "kind": "usage"}, "INVALID_PLAN"),
        ({"code": "a", "name": "A", "unit_price": 1, "model": "volume"}, "INVALID_PLAN"),
    ],
)
async def test_a_component_that_cannot_be_charged_says_why(
    client: httpx.AsyncClient, component: dict[str, Any], code: str
) -> None:
    refused = await client.post("/plans", json={**FIBER, "components": [component]})

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == code


LEVEL = {"code": "seats", "name": "Seats", "aggregation": "weighted_sum", "weighting": "period"}
WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]
DAY = {"name": "day", "days": WORKDAYS, "from": "08:00", "to": "20:00", "unit_price": 1}


@pytest.mark.parametrize(
    ("part", "code", "field"),  # the code None is that of a meter that does not fit
    [
        ({"meter": "megabytes"}, "PLAN_METER_UNKNOWN", "components.1.meter"),
        ({"meter": "gigabytes", "filters": {"way": ["up"]}}, "PLAN_METER_UNFIT", "filters"),
        ({"meter": "gigabytes", "group_by": ["region"]}, "PLAN_METER_UNFIT", "group_by"),
        ({"meter": "gigabytes", "model": "dynamic", "prices": {"EUR": {}}}, None, "meter"),
        (
            {"meter": "seats", "model": "percentage", "prices": {"EUR": {"rate": 0.1}}},
            201,
            "meter",
        ),
        (
            {
                "meter": "seats",
                "model": "percentage",
                "prices": {"EUR": {"rate": 0.1, "fixed_fee": 1}},
            },
            None,
            "meter",
        ),
        (
            {
                "meter": "seats",
                "model": "time_of_use",
                "prices": {"EUR": {"windows": [DAY], "otherwise_unit_price": 2}},
            },
            None,
            "meter",
        ),
    ],
)
async def test_a_component_names_a_meter_that_counts_what_it_charges_for(
    client: httpx.AsyncClient, part: dict[str, Any], code: str | int | None, field: str
) -> None:
    for meter in (GIGABYTES, LEVEL):
        assert (await client.post("/meters", json=meter)).status_code == 201
    price = {"model": "per_unit", "prices": {"EUR": {"unit_price": 1}}}
    usage = {"code": "use", "name": "Use", "kind": "usage", **price, **part}
    line = {"code": "line", "name": "Line", "unit_price": 5}

    answer = await client.post("/plans", json={**FIBER, "components": [line, usage]})

    if code == 201:
        assert answer.status_code == 201, answer.text
        return
    assert answer.status_code == 422, answer.text
    refused = answer.json()["error"]
    assert refused["code"] == (code or "PLAN_METER_UNFIT")
    path = field if "." in field else f"components.1.{field}"
    assert (refused["details"]["field"], refused["details"]["component"]) == (path, "use")
    assert (await client.get("/plans")).json()["data"] == []
    again = await client.post("/plans", json={**FIBER, "components": [line]})
    version = await client.post(
        f"/plans/{again.json()['data']['id']}/versions", json={"components": [line, usage]}
    )
    assert version.json()["error"]["code"] == refused["code"]
