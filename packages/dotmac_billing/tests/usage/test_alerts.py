from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import NewComponent
from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_billing.usage.alerts.service import AlertService
from dotmac_billing.usage.reported import IngestResult
from dotmac_billing.usage.service import ingest
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import Tenant

from .metering import day, event, meter, subscriber


async def told(session: AsyncSession) -> list[dict[str, Any]]:
    """What was announced, in order."""
    connection = await driver_connection(session)
    rows = await connection.fetch(
        "SELECT payload::text FROM events.outbox "
        "WHERE name = 'billing.usage_threshold_reached' ORDER BY id"
    )
    return [orjson.loads(row[0]) for row in rows]


async def prepaid(session: AsyncSession) -> UUID:
    """A subscription whose price includes 200, of which nothing has been used."""
    await meter(session)
    sold = await plan(
        session,
        components=[
            NewComponent(
                "traffic",
                "Traffic",
                kind=ComponentKind.USAGE,
                model=ChargeModel.PREPAID,
                prices={
                    "EUR": {
                        "included": "200",
                        "price": "10",
                        "overage": {"model": "per_unit", "unit_price": "0.1"},
                    }
                },
                meter="traffic",
            )
        ],
        currency="EUR",
    )
    customer = await payer(session, currency="EUR")
    return await subscribed(session, plan=sold, since=date(2026, 1, 15), customer=customer)


async def test_thresholds_are_told_once_in_a_period(
    session: AsyncSession, clock: FrozenClock
) -> None:
    subscription = await prepaid(session)
    alerts = AlertService(session)
    await alerts.set(subscription, "traffic", percent=Decimal(80))
    await alerts.set(subscription, "traffic", percent=Decimal(100))

    async def use(amount: int) -> list[tuple[str, str]]:
        before = len(await told(session))
        await ingest(session, [event(subscription, clock.now(), amount)])
        return [(one["threshold"], one["quantity"]) for one in (await told(session))[before:]]

    assert await use(159) == []
    assert [Decimal(a) for a, _ in await use(1)] == [160]
    assert await use(39) == []
    assert [Decimal(a) for a, _ in await use(500)] == [200]
    clock.advance(days=30)
    assert {Decimal(a) for a, _ in await use(200)} == {160, 200}
    last = (await told(session))[-1]
    assert (last["meter"], last["period_start"], last["period_end"]) == (
        "traffic",
        "2026-12-15",
        "2027-01-15",
    )


async def test_usage_of_an_earlier_period_does_not_count(session: AsyncSession) -> None:
    subscription = await prepaid(session)
    await AlertService(session).set(subscription, "traffic", quantity=Decimal(5))

    await ingest(session, [event(subscription, day(14), 100), event(subscription, day(16), 4)])

    assert await told(session) == []


async def test_calls_side_by_side_tell_it_once(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        await meter(session)
        subscription = await subscriber(session)
        await AlertService(session).set(subscription, "traffic", quantity=Decimal(5))

    async def use(session: AsyncSession) -> IngestResult:
        return await ingest(session, [event(subscription, day(19), 5)])

    await asyncio.gather(*(database.run(tenant.id, use) for _ in range(4)))

    async with database.transaction(tenant.id) as session:
        assert len(await told(session)) == 1


async def test_alerts_are_set_listed_and_removed_over_http(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        subscription = str(await prepaid(session))
    body = {"subscription_id": subscription, "meter": "traffic", "percent": 80}

    alert = await client.post("/usage/alerts", json=body)
    again = await client.post("/usage/alerts", json={**body, "percent": None, "quantity": 160})
    listed = await client.get(f"/usage/alerts?subscription_id={subscription}")
    async with database.transaction(tenant.id) as session:
        await ingest(session, [event(subscription, day(19), 200)])
        assert len(await told(session)) == 1
    removed = await client.delete(f"/usage/alerts/{alert.json()['data']['id']}")

    assert (alert.status_code, alert.json()["data"]["quantity"]) == (201, 160), alert.text
    assert again.json()["error"]["code"] == "USAGE_ALERT_EXISTS"
    assert [one["percent"] for one in listed.json()["data"]] == [80]
    assert removed.status_code == 204
    assert (await client.get("/usage/alerts")).json()["data"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": None}, "USAGE_ALERT_INVALID"),
        ({"percent": 5}, "USAGE_ALERT_INVALID"),
        ({"quantity": None, "percent": 80}, "USAGE_ALERT_INVALID"),
        ({"meter": "unheard"}, "UNKNOWN_METER"),
        ({"subscription_id": str(UUID(int=7))}, "SUBSCRIPTION_NOT_FOUND"),
        ({"quantity": 0}, "VALIDATION_FAILED"),
    ],
)
async def test_an_alert_that_cannot_be_says_why(
    client: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    change: dict[str, Any],
    code: str,
) -> None:
    async with database.transaction(tenant.id) as session:
        await meter(session)
        subscription = await subscriber(session)
    body = {"subscription_id": str(subscription), "meter": "traffic", "quantity": 1}

    refused = await client.post("/usage/alerts", json={**body, **change})

    assert refused.json()["error"]["code"] == code
