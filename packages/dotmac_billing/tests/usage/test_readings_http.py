from __future__ import annotations

from datetime import date

import httpx
import pytest

from dotmac_billing.testing import payer, subscribed
from dotmac_billing.usage.service import ingest
from dotmac_billing.usage.terms import Aggregation
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import Tenant

from .metering import day, event, meter

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
async def customer(database: Database, tenant: Tenant) -> tuple[str, str]:
    """A customer in New York with traffic, and the subscription, billed from the 15th on."""
    async with database.transaction(tenant.id) as session:
        await meter(session, dimensions=("region",), price_property="cost")
        await meter(session, Aggregation.UNIQUE_COUNT, "users")
        customer = await payer(session, code="ACME", time_zone="America/New_York")
        subscription = await subscribed(session, since=date(2026, 1, 15), customer=customer)
        await ingest(
            session,
            [
                event(subscription, day(10), 100, region="eu", cost=1),
                event(subscription, day(16, 4.9), 1, region="eu", cost="0.5"),  # still the 15th
                event(subscription, day(16, 5), 2, region="us", cost="0.25"),
                event(subscription, day(17), "4.5", cost=0),
                event(subscription, day(17), meter="users")._replace(value="ada"),
                event(subscription, day(18), meter="users")._replace(value="ada"),
            ],
        )
    return str(customer), str(subscription)


async def test_the_running_period_is_read(
    client: httpx.AsyncClient, customer: tuple[str, str]
) -> None:
    answer = await client.get(f"/subscriptions/{customer[1]}/usage")

    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert (data["from"], data["to"]) == ("2026-11-15", "2026-12-15")
    assert [(one["meter"], one["quantity"], one["amount"]) for one in data["meters"]] == [
        ("traffic", 7.5, 0.75),
        ("users", 1, None),
    ]


async def test_days_and_groups_are_read(
    client: httpx.AsyncClient, customer: tuple[str, str]
) -> None:
    answer = await client.get(
        f"/subscriptions/{customer[1]}/usage",
        params={
            "from": "2026-11-15",
            "to": "2026-11-19",
            "meter": "traffic",
            "group_by": "region",
            "daily": "true",
        },
    )

    (traffic,) = answer.json()["data"]["meters"]
    assert [one["quantity"] for one in traffic["days"]] == [1, 2, 4.5, 0]
    assert traffic["groups"] == [
        {"value": "eu", "quantity": 1},
        {"value": "us", "quantity": 2},
    ]


async def test_a_customer_sees_every_subscription(
    client: httpx.AsyncClient, customer: tuple[str, str]
) -> None:
    answer = await client.get(f"/billing/customers/{customer[0]}/usage?meter=users")

    (reading,) = answer.json()["data"]
    assert reading["subscription_id"] == customer[1]
    assert [one["quantity"] for one in reading["meters"]] == [1]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"/subscriptions/{NOBODY}/usage", 404, "SUBSCRIPTION_NOT_FOUND"),
        (f"/billing/customers/{NOBODY}/usage", 404, "BILLING_CUSTOMER_NOT_FOUND"),
        ("/subscriptions/{}/usage?from=2026-11-02&to=2026-11-02", 422, "USAGE_SPAN_INVALID"),
        ("/subscriptions/{}/usage?from=2020-01-01&to=2026-11-02", 422, "USAGE_SPAN_INVALID"),
        ("/subscriptions/{}/usage?from=soon", 422, "VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_read_says_why(
    client: httpx.AsyncClient, customer: tuple[str, str], path: str, status: int, code: str
) -> None:
    answer = await client.get(path.format(customer[1]))

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_late_usage_is_listed(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, customer: tuple[str, str]
) -> None:
    async with database.transaction(tenant.id) as session:
        connection = await driver_connection(session)
        await connection.execute(
            "UPDATE billing.subscriptions SET usage_billed_until = '2026-11-15'"
        )
        await ingest(session, [event(customer[1], day(3), 1, cost=1) for _ in range(2)])

    late = (await client.get("/usage/late?settled=false")).json()

    assert [(one["meter"], one["day"], one["events"]) for one in late["data"]] == [
        ("traffic", "2026-11-03", 2)
    ]
    assert (await client.get("/usage/late?settled=true")).json()["data"] == []
    assert (await client.get(f"/usage/late?subscription_id={NOBODY}")).json()["data"] == []
