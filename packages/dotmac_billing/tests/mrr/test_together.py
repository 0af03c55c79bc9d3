"""Changes of one customer by several at the same time."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mrr.movements import MovementKind
from dotmac_billing.mrr.revenue import RevenueMovement
from dotmac_billing.mrr.service import revenue_movements
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_billing.subscriptions.errors import SubscriptionEndedError
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

JAN_1, FEB_1, MAR_1 = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


async def test_of_subscriptions_started_at_once_one_makes_the_customer_new(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        customer_id, small = await payer(session), await plan(session, price="10")

    async def start(since: date) -> None:
        async def work(session: AsyncSession) -> None:
            await subscribed(session, customer=customer_id, plan=small, since=since)

        await database.run(tenant.id, work)

    await asyncio.gather(*(start(since) for since in (FEB_1, JAN_1, FEB_1, JAN_1)))

    async with database.transaction(tenant.id) as session:
        assert await revenue_movements(session, JAN_1, FEB_1) == [
            RevenueMovement("EUR", MovementKind.NEW, Decimal(20), 1)
        ]
        assert await revenue_movements(session, FEB_1, MAR_1) == [
            RevenueMovement("EUR", MovementKind.EXPANSION, Decimal(20), 1)
        ]


async def test_of_two_cancellations_at_once_one_is_refused(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        subscription_id = await subscribed(session, since=JAN_1)

    async def cancel() -> None:
        async def work(session: AsyncSession) -> None:
            await SubscriptionService(session).cancel(subscription_id, CancelAt.NOW)

        await database.run(tenant.id, work)

    outcomes = await asyncio.gather(cancel(), cancel(), return_exceptions=True)

    assert [type(one) for one in outcomes if one is not None] == [SubscriptionEndedError]
    assert outcomes.count(None) == 1
