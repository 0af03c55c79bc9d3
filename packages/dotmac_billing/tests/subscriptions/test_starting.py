from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.errors import PlanNotAvailableError, PlanNotFoundError
from dotmac_billing.catalog.plan import NewComponent, PublishedPlan
from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.catalog.terms import (
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
)
from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.subscriptions.errors import (
    AgreedPriceNotPossibleError,
    ExternalIdTakenError,
    InvalidSubscriptionError,
    UnknownComponentError,
)
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.subscriptions.starting import StartItem, StartSubscription
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_core_ops.database import new_id

JAN_31 = date(2026, 1, 31)
TODAY = date(2026, 11, 20)


async def started(session: AsyncSession, **how: object) -> Subscription:
    subscription_id = await subscribed(session, **how)  # type: ignore[arg-type] # passed through
    return await SubscriptionService(session).get(subscription_id)


async def tv(session: AsyncSession) -> PublishedPlan:
    return await plan(
        session,
        components=[
            NewComponent("base", "Line", Decimal("29.90")),
            NewComponent("box", "Box", Decimal("4.50"), model=ChargeModel.PER_UNIT),
            NewComponent("install", "Installation", Decimal(99), ComponentKind.ONE_TIME),
        ],
    )


async def test_a_subscription_in_advance_is_billed_on_its_first_day(session: AsyncSession) -> None:
    subscription = await started(session, since=JAN_31)

    assert subscription.status is SubscriptionStatus.ACTIVE
    assert subscription.anchor_on == JAN_31
    assert subscription.next_bill_on == JAN_31


async def test_a_subscription_in_arrears_is_billed_when_its_period_is_over(
    session: AsyncSession,
) -> None:
    used = await plan(session, timing=BillingTiming.ARREARS)

    subscription = await started(session, plan=used, since=JAN_31)

    assert subscription.next_bill_on == date(2026, 2, 28)


async def test_an_anchor_of_its_own_makes_the_first_period_a_stub(session: AsyncSession) -> None:
    subscription = await started(session, since=date(2026, 1, 20), anchor=date(2026, 2, 1))

    assert subscription.next_bill_on == date(2026, 1, 20)


async def test_a_subscription_that_starts_tomorrow_is_pending(session: AsyncSession) -> None:
    subscription = await started(session, since=date(2026, 11, 21))

    assert subscription.status is SubscriptionStatus.PENDING


async def test_whether_it_is_tomorrow_is_judged_where_the_customer_is(
    session: AsyncSession,
) -> None:
    # It is noon in UTC on the 20th: one in the morning of the 21st in Auckland.
    there = await payer(session, time_zone="Pacific/Auckland")

    subscription = await started(session, customer=there, since=date(2026, 11, 21))

    assert subscription.status is SubscriptionStatus.ACTIVE


async def test_a_term_that_is_over_has_expired_and_is_billed_to_its_end(
    session: AsyncSession,
) -> None:
    subscription = await started(session, since=JAN_31, until=date(2026, 6, 30))

    assert subscription.status is SubscriptionStatus.EXPIRED
    assert subscription.next_bill_on == JAN_31


async def test_a_plan_that_is_charged_once_ends_after_its_day(session: AsyncSession) -> None:
    once = await plan(session, cycle=BillingCycle.ONE_TIME)

    subscription = await started(session, plan=once, since=TODAY)

    assert subscription.end_on == date(2026, 11, 21)
    assert subscription.next_bill_on == TODAY


async def test_without_items_it_has_every_component_once(session: AsyncSession) -> None:
    subscription_id = await subscribed(session, plan=await tv(session), since=JAN_31)

    items = await SubscriptionRepository(session).items(subscription_id)
    assert [(item.description, item.quantity) for item, _ in items] == [
        ("Line", Decimal(1)),
        ("Box", Decimal(1)),
        ("Installation", Decimal(1)),
    ]


async def test_items_have_a_quantity_and_a_price_of_their_own(session: AsyncSession) -> None:
    subscription_id = await subscribed(
        session,
        plan=await tv(session),
        since=JAN_31,
        items=[
            StartItem("box", Decimal(3), description="Boxes"),
            StartItem("base", agreed_price=Decimal("25.123456789012")),
        ],
    )

    items = await SubscriptionRepository(session).items(subscription_id)
    assert [(item.description, item.quantity, item.agreed_price) for item, _ in items] == [
        ("Boxes", Decimal(3), None),
        ("Line", Decimal(1), Decimal("25.123456789012")),
    ]


@pytest.mark.parametrize(
    "item",
    [
        StartItem("base", Decimal(2)),
        StartItem("box", Decimal(0)),
        StartItem("box", Decimal(-1)),
        StartItem("box", Decimal("NaN")),
        StartItem("box", Decimal("0.0000000001")),
        StartItem("box", agreed_price=Decimal(-1)),
        StartItem("box", agreed_price=Decimal("Infinity")),
        StartItem("box", agreed_price=Decimal("0.0000000000001")),
        StartItem("box", Decimal(10) ** 12),
        StartItem("box", starts_on=TODAY, ends_on=TODAY),
    ],
)
async def test_an_item_that_cannot_be_charged_is_refused(
    session: AsyncSession, item: StartItem
) -> None:
    with pytest.raises(InvalidSubscriptionError):
        await subscribed(session, plan=await tv(session), since=JAN_31, items=[item])


async def test_a_component_that_the_plan_does_not_have_is_refused(session: AsyncSession) -> None:
    with pytest.raises(UnknownComponentError):
        await subscribed(session, since=JAN_31, items=[StartItem("sauna")])


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (JAN_31, JAN_31),
        (JAN_31, date(2026, 1, 1)),
        (date(1899, 12, 31), None),
        (date(2200, 1, 2), None),
    ],
)
async def test_days_that_make_no_sense_are_refused(
    session: AsyncSession, since: date, until: date | None
) -> None:
    with pytest.raises(InvalidSubscriptionError):
        await subscribed(session, since=since, until=until)


async def test_a_plan_without_a_price_in_the_customers_currency_is_refused(
    session: AsyncSession,
) -> None:
    in_yen = await plan(session, currency="JPY", price="500")

    with pytest.raises(InvalidSubscriptionError, match="no price in EUR"):
        await subscribed(session, plan=in_yen, since=JAN_31)


async def test_an_external_id_belongs_to_one_subscription(session: AsyncSession) -> None:
    fiber = await plan(session)
    customer_id = await payer(session)
    start = StartSubscription(customer_id, fiber.id, JAN_31, external_id="legacy-7")
    await SubscriptionService(session).start(start)

    with pytest.raises(ExternalIdTakenError):
        await SubscriptionService(session).start(start)


async def test_customer_and_plan_must_exist(session: AsyncSession) -> None:
    fiber = await plan(session)

    with pytest.raises(BillingCustomerNotFoundError):
        await SubscriptionService(session).start(StartSubscription(new_id(), fiber.id, TODAY))
    with pytest.raises(PlanNotFoundError):
        await SubscriptionService(session).start(
            StartSubscription(await payer(session), new_id(), TODAY)
        )


async def test_a_retired_plan_cannot_be_subscribed_to(session: AsyncSession) -> None:
    fiber = await plan(session)
    await CatalogService(session).retire(fiber.plan_id, TODAY)

    with pytest.raises(PlanNotAvailableError):
        await SubscriptionService(session).subscribe(await payer(session), fiber.plan_id)


async def test_a_subscription_starts_today_unless_a_day_is_given(session: AsyncSession) -> None:
    fiber = await plan(session)

    subscription = await SubscriptionService(session).subscribe(await payer(session), fiber.plan_id)

    assert subscription.start_on == TODAY
    assert subscription.plan_version_id == fiber.id


async def test_where_there_is_no_price_of_a_unit_none_is_agreed(session: AsyncSession) -> None:
    tiers = {"tiers": [{"up_to": None, "unit_price": "1"}]}
    seat = NewComponent("seat", "Seat", model=ChargeModel.GRADUATED, prices={"EUR": tiers})
    by_tiers = await plan(session, components=[seat])

    with pytest.raises(AgreedPriceNotPossibleError):
        await started(
            session, plan=by_tiers, since=JAN_31, items=[StartItem("seat", agreed_price=Decimal(1))]
        )
