from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.mrr.movements import MovementKind
from dotmac_billing.mrr.revenue import RevenueMovement, RevenueStanding
from dotmac_billing.mrr.service import recurring_revenue, revenue_movements
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.testing import payer, plan, subscribed

JAN_1, FEB_1, MAR_1, DEC_1 = (date(2026, month, 1) for month in (1, 2, 3, 12))


async def revenue(session: AsyncSession, on: date) -> Decimal:
    return sum((one.amount for one in await recurring_revenue(session, on)), Decimal(0))


async def test_revenue_counts_from_the_first_day_to_the_last(session: AsyncSession) -> None:
    await subscribed(session, since=JAN_1, until=MAR_1)

    assert await recurring_revenue(session, date(2025, 12, 31)) == []
    assert await recurring_revenue(session, JAN_1) == [RevenueStanding("EUR", Decimal("49.90"), 1)]
    assert await recurring_revenue(session, date(2026, 2, 28)) == [
        RevenueStanding("EUR", Decimal("49.90"), 1)
    ]
    assert await recurring_revenue(session, MAR_1) == []


async def test_a_yearly_plan_counts_a_twelfth(session: AsyncSession) -> None:
    yearly = await plan(session, price="529.20", cycle=BillingCycle.ANNUALLY)
    await subscribed(session, plan=yearly, since=JAN_1)

    assert await revenue(session, JAN_1) == Decimal("44.10")


async def test_customers_are_counted_once_however_many_subscriptions_they_have(
    session: AsyncSession,
) -> None:
    customer_id = await payer(session)
    await subscribed(session, customer=customer_id, since=JAN_1)
    await subscribed(session, customer=customer_id, since=JAN_1)

    [standing] = await recurring_revenue(session, JAN_1)

    assert (standing.amount, standing.customers) == (Decimal("99.80"), 1)


async def test_movements_name_what_happened(session: AsyncSession) -> None:
    customer_id = await payer(session)
    small, large = await plan(session, price="10"), await plan(session, price="25")
    first = await subscribed(session, customer=customer_id, plan=small, since=JAN_1, until=FEB_1)
    await subscribed(session, customer=customer_id, plan=large, since=FEB_1, until=MAR_1)
    await subscribed(session, plan=small, since=FEB_1)

    assert first
    assert await revenue_movements(session, JAN_1, FEB_1) == [
        RevenueMovement("EUR", MovementKind.NEW, Decimal(10), 1)
    ]
    assert await revenue_movements(session, FEB_1, MAR_1) == [
        RevenueMovement("EUR", MovementKind.EXPANSION, Decimal(15), 1),
        RevenueMovement("EUR", MovementKind.NEW, Decimal(10), 1),
    ]
    assert await revenue_movements(session, MAR_1, DEC_1) == [
        RevenueMovement("EUR", MovementKind.CHURN, Decimal(-25), 1)
    ]


async def test_opening_and_movements_make_closing(session: AsyncSession) -> None:
    customer_id = await payer(session)
    for since, until in ((JAN_1, FEB_1), (FEB_1, None), (date(2026, 2, 14), DEC_1)):
        await subscribed(session, customer=customer_id, since=since, until=until)
    latest = await subscribed(session, since=JAN_1)
    await SubscriptionService(session).cancel(latest, CancelAt.PERIOD_END)

    for since, until in ((JAN_1, FEB_1), (FEB_1, MAR_1), (MAR_1, DEC_1), (DEC_1, date(2027, 1, 1))):
        moved = sum(
            (one.amount for one in await revenue_movements(session, since, until)), Decimal(0)
        )
        before, last = since.toordinal() - 1, until.toordinal() - 1
        opening = await revenue(session, date.fromordinal(before))
        closing = await revenue(session, date.fromordinal(last))
        assert opening + moved == closing


async def test_currencies_are_never_added(session: AsyncSession) -> None:
    await subscribed(session, since=JAN_1)
    yen = await plan(session, price="500", currency="JPY")
    await subscribed(session, plan=yen, customer=await payer(session, currency="JPY"), since=JAN_1)

    standings = await recurring_revenue(session, JAN_1)

    assert [(one.currency, one.amount) for one in standings] == [
        ("EUR", Decimal("49.90")),
        ("JPY", Decimal(500)),
    ]


@pytest.mark.parametrize(
    "change", ["UPDATE billing.mrr_movements SET amount = 0", "DELETE FROM billing.mrr_movements"]
)
async def test_the_log_cannot_be_changed(session: AsyncSession, change: str) -> None:
    await subscribed(session, since=JAN_1)

    with pytest.raises(DBAPIError, match="permission denied"):
        async with session.begin_nested():
            await session.execute(sa.text(change))
