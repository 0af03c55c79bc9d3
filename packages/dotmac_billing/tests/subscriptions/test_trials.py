"""Subscriptions to plans with trials, phases, terms, calendars and several currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import NewComponent, NewPlan, NewTerms, PublishedPhase
from dotmac_billing.catalog.service import publish_plan
from dotmac_billing.catalog.terms import (
    Alignment,
    BillingCycle,
    ComponentKind,
    PhaseKind,
    PhaseUnit,
    TrialEnd,
)
from dotmac_billing.mrr.service import recurring_revenue
from dotmac_billing.subscriptions.errors import InvalidSubscriptionError
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.subscriptions.starting import StartSubscription
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.testing import payer, plan
from dotmac_core_ops.database import new_id

TODAY = date(2026, 11, 20)
TRIAL = PublishedPhase("trial", PhaseKind.TRIAL, 14, PhaseUnit.DAYS)
HALF = PublishedPhase("half", PhaseKind.DISCOUNT, 2, PhaseUnit.MONTHS, Decimal("0.5"))
YEAR = PublishedPhase("year", PhaseKind.FIXED_TERM, 12, PhaseUnit.MONTHS)
FOREVER = PublishedPhase("forever", PhaseKind.EVERGREEN)
BASE = NewComponent("base", "Line", Decimal(30))
SET_UP = NewComponent("setup", "Set-up", Decimal(99), ComponentKind.ONE_TIME)


async def started(
    session: AsyncSession,
    *phases: PublishedPhase,
    components: tuple[NewComponent, ...] = (BASE,),
    since: date = TODAY,
    currency: str | None = None,
    has_trial: bool = True,
    **terms: object,
) -> Subscription:
    published = await publish_plan(
        session,
        NewPlan(
            f"P-{new_id().hex[-8:]}",
            "Plan",
            NewTerms(components, phases=phases, available_from=date(2000, 1, 1), **terms),  # type: ignore[arg-type] # passed through
        ),
    )
    customer_id = await payer(session, currency=currency)
    start = StartSubscription(customer_id, published.id, since, has_trial=has_trial)
    return await SubscriptionService(session).start(start)


async def windows(
    session: AsyncSession, subscription: Subscription
) -> list[tuple[str, date | None, date | None, Decimal | None]]:
    rows = await SubscriptionRepository(session).items(subscription.id)
    return [(item.description, item.starts_on, item.ends_on, item.percent_off) for item, _ in rows]


async def worth(session: AsyncSession, on: date) -> Decimal:
    return sum((one.amount for one in await recurring_revenue(session, on)), Decimal(0))


async def test_a_trial_is_served_and_not_charged(session: AsyncSession) -> None:
    subscription = await started(session, TRIAL, FOREVER, components=(BASE, SET_UP))

    assert subscription.status is SubscriptionStatus.TRIALING
    assert subscription.trial_end_on == date(2026, 12, 4)
    assert subscription.anchor_on == subscription.next_bill_on == date(2026, 12, 4)
    assert await windows(session, subscription) == [
        ("Line", date(2026, 12, 4), None, None),
        ("Set-up", date(2026, 12, 4), None, None),
    ]
    assert await worth(session, date(2026, 12, 3)) == 0
    assert await worth(session, date(2026, 12, 4)) == 30


async def test_a_trial_can_be_left_out(session: AsyncSession) -> None:
    subscription = await started(session, TRIAL, FOREVER, has_trial=False)

    assert subscription.status is SubscriptionStatus.ACTIVE
    assert subscription.trial_end_on is None
    assert subscription.next_bill_on == TODAY


async def test_a_trial_that_is_over_when_it_is_brought_in_is_over(session: AsyncSession) -> None:
    subscription = await started(session, TRIAL, FOREVER, since=date(2026, 1, 1))

    assert subscription.status is SubscriptionStatus.ACTIVE
    assert subscription.next_bill_on == date(2026, 1, 15)


async def test_nothing_is_billed_while_a_trial_waits_for_a_way_to_pay(
    session: AsyncSession,
) -> None:
    careful = PublishedPhase(
        *("trial", PhaseKind.TRIAL, 14, PhaseUnit.DAYS),
        requires_payment_method=True,
        without_payment_method=TrialEnd.PAUSE,
    )

    subscription = await started(session, careful, FOREVER)

    assert subscription.trial_without_method is TrialEnd.PAUSE
    assert subscription.next_bill_on is None
    assert await worth(session, date(2027, 6, 1)) == 0


async def test_a_discount_at_the_beginning_is_a_window_and_counts_in_the_revenue(
    session: AsyncSession,
) -> None:
    subscription = await started(session, HALF, FOREVER)

    assert await windows(session, subscription) == [
        ("Line", TODAY, date(2027, 1, 20), Decimal("0.5")),
        ("Line", date(2027, 1, 20), None, None),
    ]
    assert await worth(session, TODAY) == 15
    assert await worth(session, date(2027, 1, 20)) == 30


async def test_a_term_that_does_not_renew_ends_the_subscription(session: AsyncSession) -> None:
    subscription = await started(session, term_months=12, renews=False)

    assert subscription.term_end_on == subscription.end_on == date(2027, 11, 20)


async def test_a_term_that_renews_has_no_end(session: AsyncSession) -> None:
    subscription = await started(session, TRIAL, FOREVER, term_months=12)

    assert subscription.term_end_on == date(2027, 12, 4)
    assert subscription.end_on is None


async def test_a_last_phase_of_fixed_length_ends_or_renews_like_a_term(
    session: AsyncSession,
) -> None:
    ends = await started(session, YEAR, renews=False)
    renews = await started(session, YEAR)

    assert (ends.end_on, ends.term_end_on) == (date(2027, 11, 20), date(2027, 11, 20))
    assert (renews.end_on, renews.term_end_on, renews.term_months) == (
        *(None, date(2027, 11, 20)),
        12,
    )


async def test_a_calendar_plan_begins_with_the_rest_of_the_month(session: AsyncSession) -> None:
    subscription = await started(session, alignment=Alignment.CALENDAR)

    assert subscription.anchor_on == date(2026, 1, 1)
    assert subscription.next_bill_on == TODAY


async def test_a_component_billed_afterwards_is_first_billed_later(session: AsyncSession) -> None:
    weekly = NewComponent("support", "Support", Decimal(5), cycle=BillingCycle.WEEKLY)

    subscription = await started(session, TRIAL, FOREVER, components=(weekly, BASE))

    assert subscription.next_bill_on == date(2026, 12, 4)


async def test_a_price_list_may_have_the_customers_currency(session: AsyncSession) -> None:
    both = NewComponent("base", "Line", Decimal(30), prices={"CHF": {"price": "33"}})

    subscription = await started(session, components=(both,), currency="CHF")

    assert subscription.currency == "CHF"
    assert [(one.currency, one.amount) for one in await recurring_revenue(session, TODAY)] == [
        ("CHF", Decimal(33))
    ]


@pytest.mark.parametrize("months", [0, 1201])
async def test_a_term_has_a_length_that_makes_sense(session: AsyncSession, months: int) -> None:
    fiber = await plan(session)
    start = StartSubscription(await payer(session), fiber.id, TODAY, term_months=months)

    with pytest.raises(InvalidSubscriptionError, match="term has 1 to 1200 months"):
        await SubscriptionService(session).start(start)
