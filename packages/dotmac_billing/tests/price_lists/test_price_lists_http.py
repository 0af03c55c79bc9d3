from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from dotmac_core_ops.testing import Tenant

ISP = (Path(__file__).parents[4] / "examples/price-list.yaml").read_text()


async def test_a_price_list_is_tried_applied_and_exported(client: httpx.AsyncClient) -> None:
    tried = await client.post("/catalog/apply", json={"yaml": ISP, "dry_run": True})
    assert (await client.get("/plans")).json()["data"] == []
    applied = await client.post("/catalog/apply", json={"yaml": ISP})
    exported = await client.get("/catalog/export")
    again = await client.post("/catalog/apply", json={"yaml": exported.text})

    assert tried.json()["data"]["changes"] == applied.json()["data"]["changes"]
    assert (tried.json()["data"]["is_applied"], applied.json()["data"]["is_applied"]) == (
        False,
        True,
    )
    assert applied.json()["data"]["changes"][0] == {
        "step": "add_product",
        "code": "internet",
        "edits": [
            {"path": "name", "before": None, "after": "Internet"},
            {"path": "description", "before": None, "after": "Fibre to the home"},
        ],
    }
    assert exported.headers["content-type"].startswith("application/yaml")
    assert again.json()["data"]["changes"] == []


async def test_json_is_a_price_list_too(client: httpx.AsyncClient) -> None:
    text = (
        '{"plans": {"A": {"name": "A", "components": {"a": {"name": "A", "prices": {"EUR": 1}}}}}}'
    )

    applied = await client.post("/catalog/apply", json={"yaml": text})

    assert [one["step"] for one in applied.json()["data"]["changes"]] == ["publish_plan"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "UNREADABLE_PRICE_LIST"),
        ("[" * 100_000, "UNREADABLE_PRICE_LIST"),
        ("a: &a [*a]", "UNREADABLE_PRICE_LIST"),
        ("just words", "INVALID_PRICE_LIST"),
        ("- 1", "INVALID_PRICE_LIST"),
        ("plans: {A: 1}", "INVALID_PRICE_LIST"),
        (
            "plans: {A: {name: 5, components: {a: {name: A, prices: {EUR: x}}}}}",
            "INVALID_PRICE_LIST",
        ),
        ("tax_rates: {V: [{rate: 20, valid_from: 2020-01-01}]}", "INVALID_PRICE_LIST"),
    ],
)
async def test_a_bad_price_list_is_refused(client: httpx.AsyncClient, text: str, code: str) -> None:
    refused = await client.post("/catalog/apply", json={"yaml": text})

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == code


async def test_who_may_only_read_cannot_apply(
    signed_in: Callable[..., httpx.AsyncClient], tenant: Tenant
) -> None:
    reader = signed_in(tenant, "plans:read")

    assert (await reader.get("/catalog/export")).status_code == 200
    assert (await reader.post("/catalog/apply", json={"yaml": ISP})).status_code == 403
