from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dotmac_billing.testing import payer
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

PATH = "/wallets"
NOBODY = "00000000-0000-7000-8000-000000000000"  # named alike by all parallel workers


@pytest.fixture
async def order(database: Database, tenant: Tenant) -> dict[str, Any]:
    """What to send for a wallet to be opened."""
    return {"customer_id": str(await database.run(tenant.id, payer)), "name": "Prepaid"}


async def test_credit_is_granted_used_seen_and_voided(
    client: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    opened = await client.post(PATH, json=order)
    assert opened.status_code == 201, opened.text
    path = f"{PATH}/{opened.json()['data']['id']}"

    given = await client.post(f"{path}/grants", json={"amount": 25, "note": "Welcome"})
    assert given.status_code == 201, given.text
    grant = given.json()["data"]
    issued = await client.post(
        "/invoices",
        json={
            "customer_id": order["customer_id"],
            "lines": [{"description": "Work", "quantity": 1, "unit_price": 10}],
        },
    )
    assert (issued.json()["data"]["status"], issued.json()["data"]["amount_due"]) == ("paid", 0)
    seen = (await client.get(path)).json()["data"]
    assert (seen["balance"], seen["paid"], seen["granted"], seen["pending"]) == (15, 0, 15, 0)

    voided = await client.post(f"{path}/grants/{grant['id']}/void", json={"note": "Left"})
    again = await client.post(f"{path}/grants/{grant['id']}/void", json={})
    assert voided.json()["data"]["remaining"] == 0
    assert again.json()["error"]["code"] == "GRANT_USED_UP"
    history = (await client.get(f"{path}/history")).json()
    assert [(one["kind"], one["amount"], one["invoice_number"]) for one in history["data"]] == [
        ("voided", -15, None),
        ("drawn", -10, issued.json()["data"]["number"]),
        ("granted", 25, None),
    ]
    assert (await client.get(f"{path}/grants?open_only=true")).json()["data"] == []
    assert len((await client.get(f"{path}/grants")).json()["data"]) == 1
    assert (await client.post(f"{path}/close")).json()["data"]["closed_at"]


async def test_a_wallet_is_changed_by_who_has_read_it(
    client: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    opened = await client.post(PATH, json={**order, "low_below": 5})
    path = f"{PATH}/{opened.json()['data']['id']}"
    change = {"name": "Calls", "top_up_amount": 20, "top_up_every_months": 1, "low_below": 0}

    blind = await client.patch(path, json=change)
    changed = await client.patch(path, json=change, headers={"If-Match": opened.headers["etag"]})

    assert blind.status_code == 428
    data = changed.json()["data"]
    assert (data["name"], data["next_top_up_on"], data["low_below"]) == (
        "Calls",
        "2026-11-20",
        None,
    )


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"customer_id": NOBODY}, 404, "BILLING_CUSTOMER_NOT_FOUND"),
        ({"currency": "XXX"}, 422, "INVALID_CURRENCY"),
        ({"subscription_id": NOBODY}, 404, "SUBSCRIPTION_NOT_FOUND"),
        ({"tops_up_when_low": True}, 422, "INVALID_WALLET"),
        ({"low_below": -1}, 422, "VALIDATION_FAILED"),
        ({"owner": "me"}, 422, "VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_a_wallet_says_why(
    client: httpx.AsyncClient, order: dict[str, Any], change: dict[str, Any], status: int, code: str
) -> None:
    refused = await client.post(PATH, json={**order, **change})

    assert refused.status_code == status
    assert refused.json()["error"]["code"] == code


async def test_wallets_are_found(client: httpx.AsyncClient, order: dict[str, Any]) -> None:
    for name, currency in (("A", "EUR"), ("B", "USD")):
        await client.post(PATH, json={**order, "name": name, "currency": currency})
    closed = (await client.post(PATH, json={**order, "name": "C"})).json()["data"]
    await client.post(f"{PATH}/{closed['id']}/close")

    async def names(query: str) -> list[str]:
        listed = await client.get(f"{PATH}?sort=name&{query}")
        return [one["name"] for one in listed.json()["data"]]

    assert await names("") == ["A", "B"]
    assert await names("with_closed=true") == ["A", "B", "C"]
    assert await names("currency=USD") == ["B"]
    assert await names(f"customer_id={NOBODY}") == []


async def test_another_tenant_neither_sees_nor_fills_it(
    client: httpx.AsyncClient, signed_in: SignedIn, second_tenant: Tenant, order: dict[str, Any]
) -> None:
    path = f"{PATH}/{(await client.post(PATH, json=order)).json()['data']['id']}"
    other = signed_in(second_tenant)

    for part in ("", "/grants", "/history"):
        assert (await other.get(path + part)).status_code == 404
    assert (await other.post(f"{path}/grants", json={"amount": 5})).status_code == 404
    assert (await other.get(PATH)).json()["data"] == []


async def test_reading_does_not_allow_granting(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant, order: dict[str, Any]
) -> None:
    path = f"{PATH}/{(await client.post(PATH, json=order)).json()['data']['id']}"
    reader = signed_in(tenant, "wallets:read")

    assert (await reader.get(path)).status_code == 200
    assert (await reader.post(f"{path}/grants", json={"amount": 5})).status_code == 403
