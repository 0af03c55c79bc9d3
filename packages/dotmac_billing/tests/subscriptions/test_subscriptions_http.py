from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import NewComponent
from dotmac_billing.catalog.terms import ChargeModel
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

PATH = "/subscriptions"
NOBODY = "00000000-0000-7000-8000-000000000000"  # named alike by all parallel workers


@pytest.fixture
async def order(database: Database, tenant: Tenant) -> dict[str, Any]:
    """What to send for a customer to subscribe to a line with boxes."""

    async def prepare(session: AsyncSession) -> dict[str, Any]:
        tv = await plan(
            session,
            components=[
                NewComponent("base", "Line", Decimal("29.90")),
                NewComponent("box", "Box", Decimal("4.50"), model=ChargeModel.PER_UNIT),
            ],
        )
        return {"customer_id": str(await payer(session)), "plan_id": str(tv.plan_id)}

    return await database.run(tenant.id, prepare)


async def test_a_subscription_is_started_and_read(
    client: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    items = [{"component": "base"}, {"component": "box", "quantity": 2, "agreed_price": "3.99"}]

    started = await client.post(PATH, json={**order, "start_on": "2026-01-31", "items": items})

    assert started.status_code == 201, started.text
    data = started.json()["data"]
    assert (data["status"], data["next_bill_on"]) == ("active", "2026-01-31")
    assert [(one["quantity"], one["list_price"], one["agreed_price"]) for one in data["items"]] == [
        (1, 29.9, None),
        (2, 4.5, 3.99),
    ]
    assert (await client.get(f"{PATH}/{data['id']}")).json()["data"] == data


async def test_a_subscription_is_cancelled(
    client: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    started = (await client.post(PATH, json=order)).json()["data"]

    cancelled = await client.post(f"{PATH}/{started['id']}/cancel", json={})
    again = await client.post(f"{PATH}/{started['id']}/cancel", json={"at": "now"})

    assert cancelled.json()["data"]["end_on"] == "2026-12-20"
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "SUBSCRIPTION_ENDED"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"items": [{"component": "sauna"}]}, 422, "UNKNOWN_COMPONENT"),
        ({"items": [{"component": "base", "quantity": 2}]}, 422, "INVALID_SUBSCRIPTION"),
        ({"items": [{"component": "box", "quantity": 0}]}, 422, "VALIDATION_FAILED"),
        ({"start_on": "2026-01-01", "end_on": "2026-01-01"}, 422, "INVALID_SUBSCRIPTION"),
        ({"start_on": "9999-12-31"}, 422, "VALIDATION_FAILED"),
        ({"customer_id": NOBODY}, 404, "BILLING_CUSTOMER_NOT_FOUND"),
        ({"plan_id": NOBODY}, 404, "PLAN_NOT_FOUND"),
        ({"plan_version_id": NOBODY}, 404, "PLAN_NOT_FOUND"),
        ({"price": 1}, 422, "VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_subscribed_to_says_why(
    client: httpx.AsyncClient,
    order: dict[str, Any],
    change: dict[str, Any],
    status: int,
    code: str,
) -> None:
    refused = await client.post(PATH, json={**order, **change})

    assert refused.status_code == status
    assert refused.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=start_on", ["a", "b", "c"]),
        ("sort=-start_on&per_page=1", ["c"]),
        ("sort=start_on&status=active", ["a"]),
        ("sort=start_on&status=expired", ["b"]),
        ("external_id=b", ["b"]),
        ("due_before=2026-02-01", ["a"]),
        (f"customer_id={NOBODY}", []),
        (f"plan_id={NOBODY}", []),
    ],
)
async def test_subscriptions_are_found(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, query: str, expected: list[str]
) -> None:
    async with database.transaction(tenant.id) as session:
        await subscribed(session, since=date(2026, 1, 1), external_id="a")
        later, end = date(2026, 3, 1), date(2026, 4, 1)
        await subscribed(session, since=later, until=end, external_id="b")
        await subscribed(session, since=date(2027, 1, 1), external_id="c")

    listed = await client.get(f"{PATH}?{query}")

    assert [one["external_id"] for one in listed.json()["data"]] == expected


async def test_the_subscriptions_of_a_plan_and_of_a_customer(
    client: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    await client.post(PATH, json=order)

    for field in ("plan_id", "customer_id"):
        listed = await client.get(f"{PATH}?{field}={order[field]}")
        assert listed.json()["meta"]["pagination"]["total"] == 1


async def test_an_unknown_order_is_refused(client: httpx.AsyncClient) -> None:
    refused = await client.get(f"{PATH}?sort=colour")

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "INVALID_SORT"


async def test_another_tenant_neither_sees_nor_cancels_it(
    client: httpx.AsyncClient, signed_in: SignedIn, second_tenant: Tenant, order: dict[str, Any]
) -> None:
    started = (await client.post(PATH, json=order)).json()["data"]
    other = signed_in(second_tenant)

    assert (await other.get(f"{PATH}/{started['id']}")).status_code == 404
    assert (await other.post(f"{PATH}/{started['id']}/cancel", json={})).status_code == 404
    assert (await other.post(PATH, json=order)).status_code == 404
    assert (await other.get(PATH)).json()["data"] == []


async def test_reading_does_not_allow_starting(
    signed_in: SignedIn, tenant: Tenant, order: dict[str, Any]
) -> None:
    reader = signed_in(tenant, "subscriptions:read")

    assert (await reader.get(PATH)).status_code == 200
    assert (await reader.post(PATH, json=order)).status_code == 403
