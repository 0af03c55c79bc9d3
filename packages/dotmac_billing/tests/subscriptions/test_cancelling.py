from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.terms import BillingTiming
from dotmac_billing.mrr.service import recurring_revenue
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_billing.subscriptions.errors import SubscriptionEndedError, SubscriptionNotFoundError
from dotmac_billing.subscriptions.jobs import roll
from dotmac_billing.subscriptions.service import SubscriptionService, roll_subscriptions
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.testing import Tenant

TODAY = date(2026, 11, 20)
NOV_1, DEC_1 = date(2026, 11, 1), date(2026, 12, 1)


async def test_in_arrears_the_days_served_are_still_to_be_billed(session: AsyncSession) -> None:
    used = await plan(session, timing=BillingTiming.ARREARS)
    subscription_id = await subscribed(session, plan=used, since=NOV_1)

    cancelled = await SubscriptionService(session).cancel(subscription_id, CancelAt.NOW)

    assert cancelled.status is SubscriptionStatus.CANCELLED
    assert cancelled.next_bill_on == cancelled.end_on == TODAY


async def test_in_advance_a_period_that_was_not_billed_yet_is_billed_to_the_end(
    session: AsyncSession,
) -> None:
    subscription_id = await subscribed(session, since=NOV_1)

    cancelled = await SubscriptionService(session).cancel(subscription_id, CancelAt.NOW)

    assert cancelled.next_bill_on == NOV_1


async def test_until_its_last_day_a_cancelled_subscription_is_active(
    session: AsyncSession,
) -> None:
    subscription_id = await subscribed(session, since=NOV_1)

    cancelled = await SubscriptionService(session).cancel(subscription_id, CancelAt.PERIOD_END)

    assert cancelled.status is SubscriptionStatus.ACTIVE
    assert cancelled.end_on == DEC_1
    assert cancelled.cancelled_at is not None


async def test_what_is_cancelled_before_it_starts_is_never_billed(session: AsyncSession) -> None:
    subscription_id = await subscribed(session, since=DEC_1)

    cancelled = await SubscriptionService(session).cancel(subscription_id, CancelAt.NOW)

    assert cancelled.status is SubscriptionStatus.CANCELLED
    assert cancelled.next_bill_on is None
    assert await recurring_revenue(session, date(2030, 1, 1)) == []


async def test_a_subscription_is_cancelled_once(session: AsyncSession) -> None:
    subscription_id = await subscribed(session, since=NOV_1)
    await SubscriptionService(session).cancel(subscription_id, CancelAt.PERIOD_END)

    with pytest.raises(SubscriptionEndedError):
        await SubscriptionService(session).cancel(subscription_id, CancelAt.NOW)


async def test_a_subscription_that_does_not_exist_cannot_be_cancelled(
    session: AsyncSession,
) -> None:
    with pytest.raises(SubscriptionNotFoundError):
        await SubscriptionService(session).cancel(new_id(), CancelAt.NOW)


async def test_a_cancellation_is_announced_and_audited(session: AsyncSession) -> None:
    subscription_id = await subscribed(session, since=NOV_1)

    await SubscriptionService(session).cancel(subscription_id, CancelAt.DATE, on=DEC_1)

    announced = await session.execute(
        sa.text(
            "SELECT payload->>'end_on' FROM events.outbox "
            "WHERE name = 'billing.subscription_cancelled'"
        )
    )
    assert announced.scalars().all() == ["2026-12-01"]
    audited = await session.execute(
        sa.text("SELECT before, after FROM core.audit_log WHERE action = 'subscriptions.cancel'")
    )
    assert [tuple(row) for row in audited] == [
        (
            {"end_on": None, "status": "active"},
            {"end_on": "2026-12-01", "status": "active"},
        )
    ]


async def test_the_revenue_ends_with_the_subscription(session: AsyncSession) -> None:
    customer_id = await payer(session)
    subscription_id = await subscribed(session, customer=customer_id, since=NOV_1)

    await SubscriptionService(session).cancel(subscription_id, CancelAt.PERIOD_END)

    assert [one.customers for one in await recurring_revenue(session, date(2026, 11, 30))] == [1]
    assert await recurring_revenue(session, DEC_1) == []


async def test_time_lets_subscriptions_begin_and_end(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    async with database.transaction(tenant.id) as session:
        begins = await subscribed(session, since=date(2026, 11, 21))
        ends = await subscribed(session, since=NOV_1)
        await SubscriptionService(session).cancel(ends, CancelAt.PERIOD_END)
        runs_out = await subscribed(session, since=NOV_1, until=DEC_1)
        goes_on = await subscribed(session, since=NOV_1)
    clock.advance(days=11)

    async def nothing() -> None: ...

    await roll.run(JobContext(database, clock, {}, tenant.id, 1, nothing))

    async with database.transaction(tenant.id) as session:
        service = SubscriptionService(session)
        statuses = [(await service.get(one)).status for one in (begins, ends, runs_out, goes_on)]
        assert await roll_subscriptions(session) == 0
    assert statuses == [
        SubscriptionStatus.ACTIVE,
        SubscriptionStatus.CANCELLED,
        SubscriptionStatus.EXPIRED,
        SubscriptionStatus.ACTIVE,
    ]
