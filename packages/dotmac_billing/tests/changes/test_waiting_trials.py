"""Trials that wait for a way to pay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import (
    NewComponent,
    NewPlan,
    NewTerms,
    PublishedPhase,
    PublishedPlan,
)
from dotmac_billing.catalog.service import publish_plan
from dotmac_billing.catalog.terms import (
    ComponentKind,
    PhaseKind,
    PhaseUnit,
    TrialEnd,
)
from dotmac_billing.changes.kinds import Invoicing
from dotmac_billing.subscriptions.service import roll_subscriptions
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.testing import LONG_AGO
from dotmac_core_ops.database import new_id

from .story import TODAY, Story, did, share

T = TypeVar("T")
NOW = Invoicing.NOW


async def trial(story: Story, ends: TrialEnd, *more: NewComponent) -> UUID:
    async def publish(session: AsyncSession) -> PublishedPlan:
        phases = (
            PublishedPhase(
                *("trial", PhaseKind.TRIAL, 14, PhaseUnit.DAYS),
                requires_payment_method=True,
                without_payment_method=ends,
            ),
            PublishedPhase("always", PhaseKind.EVERGREEN),
        )
        base = NewComponent("base", "Line", Decimal(30))
        terms = NewTerms((base, *more), phases=phases, available_from=LONG_AGO)
        return await publish_plan(session, NewPlan(f"T-{new_id().hex[-8:]}", "Trial", terms))

    return await story.subscribed(await story.do(publish), since=TODAY)


async def test_a_trial_without_a_way_to_pay_ends_cancelled(story: Story) -> None:
    subscription_id = await trial(story, TrialEnd.CANCEL)
    story.clock.advance(days=14)

    await story.do(roll_subscriptions)

    subscription = await story.get(subscription_id)
    assert subscription.status is SubscriptionStatus.CANCELLED
    assert subscription.end_on == date(2026, 12, 4)
    await story.bill(date(2027, 2, 1))
    assert await story.invoiced() == []


async def test_a_trial_with_a_way_to_pay_goes_on(story: Story) -> None:
    subscription_id = await trial(story, TrialEnd.CANCEL)
    customer_id = (await story.get(subscription_id)).customer_id

    await did(story, lambda it: it.note_payment_method(customer_id, has=True))

    assert (await story.get(subscription_id)).next_bill_on == date(2026, 12, 4)
    assert await story.revenue(date(2026, 12, 4)) == 30
    story.clock.advance(days=14)
    await story.do(roll_subscriptions)
    assert (await story.get(subscription_id)).status is SubscriptionStatus.ACTIVE


SET_UP = NewComponent("setup", "Set-up", Decimal(5), ComponentKind.ONE_TIME, phases=("trial",))


@pytest.mark.parametrize("ends", list(TrialEnd))
async def test_what_is_due_in_a_trial_is_billed_and_nothing_past_its_end(
    story: Story, ends: TrialEnd
) -> None:
    subscription_id = await trial(story, ends, SET_UP)

    await story.bill(date(2027, 2, 1))

    assert await story.invoiced() == [(TODAY, Decimal(5))]
    assert (await story.get(subscription_id)).next_bill_on is None


async def test_after_a_bill_in_its_trial_a_subscription_with_a_way_to_pay_goes_on(
    story: Story,
) -> None:
    subscription_id = await trial(story, TrialEnd.PAUSE, SET_UP)
    await story.bill()
    customer_id = (await story.get(subscription_id)).customer_id

    await did(story, lambda it: it.note_payment_method(customer_id, has=True))

    await story.bill(date(2026, 12, 4))
    assert [net for _, net in await story.invoiced()] == [5, 30]


async def test_the_end_of_a_trial_is_announced_once(story: Story) -> None:
    await trial(story, TrialEnd.CANCEL)
    story.clock.advance(days=12)

    await story.do(roll_subscriptions)
    await story.do(roll_subscriptions)

    rows = await story.rows(
        "SELECT payload->>'trial_end_on' FROM events.outbox WHERE name = 'billing.trial_ending'"
    )
    assert rows == [("2026-12-04",)]


async def test_a_trial_without_a_way_to_pay_may_be_paused_and_taken_up_later(
    story: Story,
) -> None:
    subscription_id = await trial(story, TrialEnd.PAUSE)
    story.clock.advance(days=14)
    await story.do(roll_subscriptions)
    assert (await story.get(subscription_id)).status is SubscriptionStatus.PAUSED
    await story.bill(date(2026, 12, 20))
    story.clock.advance(days=16)  # 20 December

    await did(story, lambda it: it.resume(subscription_id))

    assert (await story.get(subscription_id)).status is SubscriptionStatus.ACTIVE
    await story.bill(date(2026, 12, 20))
    # The anchor is still the end of the trial, the 4th: 15 of 31 days are left.
    assert await story.invoiced() == [(date(2026, 12, 20), share("30", 15, 31))]
