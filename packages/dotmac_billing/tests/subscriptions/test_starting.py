from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.testing import plan, subscribed


async def test_a_subscription_in_advance_is_billed_on_its_first_day(session: AsyncSession) -> None:
    fiber = await plan(session, "FIBER-100", price="49.90")

    subscription_id = await subscribed(session, plan=fiber, since=date(2026, 1, 31))

    subscription = await SubscriptionService(session).get(subscription_id)
    assert subscription.status is SubscriptionStatus.ACTIVE
    assert subscription.next_bill_on == date(2026, 1, 31)
    assert subscription.anchor_on == date(2026, 1, 31)
    assert subscription.next_period == 0
