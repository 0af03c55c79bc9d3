"""Pauses, ends, returns and handing over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import (
    NewComponent,
    NewPlan,
    NewTerms,
    PublishedPlan,
)
from dotmac_billing.catalog.service import publish_plan
from dotmac_billing.catalog.terms import (
    BillingTiming,
)
from dotmac_billing.changes.errors import (
    ChangeOverlaidError,
    SubscriptionNotChangeableError,
    TransferNotWithdrawableError,
)
from dotmac_billing.changes.kinds import ChangeAt, ChangeStatus, Invoicing
from dotmac_billing.changes.plan_of_change import CreditMode
from dotmac_billing.changes.service import apply_due
from dotmac_billing.changes.wanted import When
from dotmac_billing.lifecycle.termination import TerminationFee
from dotmac_billing.lifecycle.wanted import Cancellation, Pause
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_billing.subscriptions.service import roll_subscriptions
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.testing import LONG_AGO, payer
from dotmac_billing.transfers.service import transfer
from dotmac_billing.withdrawals.service import withdraw
from dotmac_core_ops.database import new_id

from .story import DEC_1, NOV_1, TODAY, Story, amounts, did, seats, share

T = TypeVar("T")
NOW = Invoicing.NOW


async def state(story: Story, subscription_id: UUID) -> list[Any]:
    """Everything that a withdrawn change must not have touched."""
    subscription = await story.get(subscription_id)
    names = ("plan_version_id", "end_on", "next_bill_on", "anchor_on", "status", "paused_on")
    revenue = [await story.revenue(day) for day in (NOV_1, TODAY, DEC_1, date(2027, 6, 1))]
    waiting = await story.rows(
        "SELECT id FROM billing.pending_lines WHERE invoice_id IS NULL AND withdrawn_at IS NULL"
    )
    fields = [getattr(subscription, name) for name in names]
    return [fields, await story.windows(), revenue, waiting]


async def test_a_paused_subscription_is_neither_charged_nor_worth_anything(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"))
    await story.bill()

    made = await did(story, lambda it: it.pause(subscription_id, Pause(invoicing=NOW)))

    assert amounts(made) == [-share("30", 11, 30)]
    assert (await story.get(subscription_id)).status is SubscriptionStatus.PAUSED
    assert await story.revenue(TODAY) == 0
    await story.bill(date(2027, 2, 1))
    assert [net for _, net in await story.invoiced()] == [30, -11]
    await story.check()


async def test_a_resumed_subscription_keeps_its_anchor(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("31.00"))
    await story.bill()
    await did(story, lambda it: it.pause(subscription_id, Pause(invoicing=NOW)))
    story.clock.advance(days=26)  # 16 December

    made = await did(story, lambda it: it.resume(subscription_id, invoicing=NOW))

    assert amounts(made) == [Decimal("16.00")]  # 16 to 31 December
    assert (await story.get(subscription_id)).next_bill_on == date(2027, 1, 1)
    assert await story.revenue(date(2026, 12, 16)) == 31


async def test_a_pause_may_have_an_end_from_the_beginning(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"))
    await story.bill()
    until = date(2026, 12, 11)

    made = await did(story, lambda it: it.pause(subscription_id, Pause(resume_on=until)))

    assert amounts(made) == [-share("30", 11, 30)]
    await story.bill(DEC_1)
    # 1 December is not served any more; from the 11th on it is: 21 of 31 days.
    assert (await story.invoiced())[1] == (DEC_1, share("30", 21, 31) - 11)
    story.clock.advance(days=21)
    await story.do(roll_subscriptions)
    assert (await story.get(subscription_id)).status is SubscriptionStatus.ACTIVE
    await story.check()


async def test_a_pause_without_credit_credits_nothing(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"))
    await story.bill()

    made = await did(story, lambda it: it.pause(subscription_id, Pause(with_credit=False)))

    assert made.lines == ()


async def test_what_is_paused_is_not_changed(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"))
    await did(story, lambda it: it.pause(subscription_id, Pause()))

    with pytest.raises(SubscriptionNotChangeableError):
        await story.change_plan(subscription_id, await story.plan("60.00"))
    with pytest.raises(SubscriptionNotChangeableError):
        await did(story, lambda it: it.pause(subscription_id, Pause()))


@pytest.mark.parametrize(
    ("refund", "credited"),
    [
        (CreditMode.NONE, []),
        (CreditMode.PRORATED, [Decimal(-11)]),
        (CreditMode.FULL, [Decimal(-30)]),
    ],
)
async def test_a_cancellation_credits_as_much_as_is_wanted(
    story: Story, refund: CreditMode, credited: list[Decimal]
) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"))
    await story.bill()

    made = await did(
        story,
        lambda it: it.cancel(subscription_id, Cancellation(CancelAt.NOW, refund=refund)),
    )

    assert amounts(made) == credited
    assert (await story.get(subscription_id)).status is SubscriptionStatus.CANCELLED
    assert await story.revenue(TODAY) == 0
    await story.bill(DEC_1)
    assert [net for _, net in (await story.invoiced())[1:]] == credited
    await story.check()


async def test_a_cancellation_at_the_end_can_be_withdrawn(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"))
    await story.bill()
    before = await state(story, subscription_id)
    made = await did(story, lambda it: it.cancel(subscription_id, Cancellation(reason="moving")))
    assert (await story.get(subscription_id)).end_on == DEC_1

    await story.do(lambda session: withdraw(session, subscription_id, made.id))

    assert await state(story, subscription_id) == before


async def in_a_term(story: Story, fee: str = "120.00") -> UUID:
    async def publish(session: AsyncSession) -> PublishedPlan:
        terms = NewTerms(
            (NewComponent("base", "Line", Decimal(30)),),
            term_months=12,
            termination_fee={"EUR": Decimal(fee)},
            available_from=LONG_AGO,
        )
        return await publish_plan(session, NewPlan(f"T-{new_id().hex[-8:]}", "Term", terms))

    return await story.subscribed(await story.do(publish))


@pytest.mark.parametrize(
    ("fee", "charged"),
    [
        (TerminationFee.FULL, [Decimal(120)]),
        (TerminationFee.PRORATED, [Decimal(110)]),  # 11 of 12 months are left on 1 December
        (TerminationFee.NONE, []),
    ],
)
async def test_leaving_a_term_costs_what_the_plan_says(
    story: Story, fee: TerminationFee, charged: list[Decimal]
) -> None:
    subscription_id = await in_a_term(story)
    await story.bill()

    made = await did(story, lambda it: it.cancel(subscription_id, Cancellation(fee=fee)))

    assert amounts(made) == charged
    await story.bill(DEC_1)
    assert [net for _, net in (await story.invoiced())[1:]] == charged
    await story.check()


async def test_a_term_renews_until_it_is_told_not_to(story: Story) -> None:
    subscription_id = await in_a_term(story)
    story.clock.advance(days=366)

    await story.do(roll_subscriptions)
    assert (await story.get(subscription_id)).term_end_on == date(2028, 11, 1)
    await did(story, lambda it: it.set_renewal(subscription_id, renews=False))
    assert (await story.get(subscription_id)).end_on == date(2028, 11, 1)
    story.clock.advance(days=366)
    await story.do(roll_subscriptions)

    assert (await story.get(subscription_id)).status is SubscriptionStatus.EXPIRED
    events = await story.rows(
        "SELECT name FROM events.outbox WHERE name IN ('billing.subscription_renewed', "
        "'billing.subscription_expired') ORDER BY id"
    )
    assert [row[0] for row in events] == [
        "billing.subscription_renewed",
        "billing.subscription_expired",
    ]


async def test_who_is_won_back_begins_a_new_cycle(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"))
    await story.bill()
    await did(story, lambda it: it.cancel(subscription_id, Cancellation(CancelAt.NOW)))
    story.clock.advance(days=5)

    await did(story, lambda it: it.reactivate(subscription_id))

    subscription = await story.get(subscription_id)
    assert subscription.status is SubscriptionStatus.ACTIVE
    assert subscription.anchor_on == subscription.next_bill_on == date(2026, 11, 25)
    await story.bill(date(2026, 12, 25))
    assert (await story.invoiced())[1:] == [
        (date(2026, 11, 25), Decimal(30)),
        (date(2026, 12, 25), Decimal(30)),
    ]
    assert [await story.revenue(day) for day in (TODAY, date(2026, 11, 25))] == [0, 30]


async def test_a_scheduled_change_of_plan_leaves_no_trace_when_it_is_withdrawn(
    story: Story,
) -> None:
    large, small = await story.plan("60.00"), await story.plan("30.00")
    subscription_id = await story.subscribed(large)
    await story.bill()
    before = await state(story, subscription_id)
    made = await story.change_plan(subscription_id, small)

    await story.do(lambda session: withdraw(session, subscription_id, made.id))

    assert await state(story, subscription_id) == before


async def test_a_change_of_seats_outlives_a_change_of_plan_that_is_withdrawn(
    story: Story,
) -> None:
    team = await story.priced(*seats("3.00"))
    business = await story.priced(*seats("2.00"))
    subscription_id = await story.subscribed(team)
    await story.bill()
    made = await story.change_plan(subscription_id, business)
    await story.set_quantity(subscription_id, 5)

    await story.do(lambda session: withdraw(session, subscription_id, made.id))

    assert await story.windows() == [
        ("Seat", Decimal(1), None, TODAY),
        ("Seat", Decimal(5), TODAY, None),
    ]
    assert await story.revenue(date(2027, 1, 1)) == 15


async def test_what_a_later_change_builds_on_is_not_withdrawn(story: Story) -> None:
    team, business = await story.priced(*seats("3.00")), await story.priced(*seats("2.00"))
    subscription_id = await story.subscribed(team)
    await story.bill()
    made = await story.change_plan(subscription_id, business)
    await story.set_quantity(subscription_id, 7, When(ChangeAt.DATE, date(2026, 12, 20)))

    with pytest.raises(ChangeOverlaidError):
        await story.do(lambda session: withdraw(session, subscription_id, made.id))


async def test_on_its_day_a_scheduled_change_holds(story: Story) -> None:
    large, small = await story.plan("60.00"), await story.plan("30.00")
    subscription_id = await story.subscribed(large)
    await story.bill()
    await story.change_plan(subscription_id, small)
    story.clock.advance(days=11)

    assert await story.do(apply_due) == 1

    assert (await story.get(subscription_id)).plan_version_id == small.id
    statuses = await story.rows("SELECT status FROM billing.subscription_changes")
    assert statuses == [(ChangeStatus.APPLIED.value,)]
    assert await story.do(apply_due) == 0


async def test_a_transfer_that_is_scheduled_is_not_withdrawn_by_half(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"))
    await story.bill()
    heir = await story.do(payer)
    done = await story.do(lambda session: transfer(session, subscription_id, heir, on=DEC_1))
    before = await state(story, subscription_id)

    with pytest.raises(TransferNotWithdrawableError):
        await story.do(lambda session: withdraw(session, subscription_id, done.made.id))

    assert await state(story, subscription_id) == before
    await story.bill(DEC_1)
    assert [net for _, net in await story.invoiced()] == [30, 30]
    await story.check()


async def test_a_subscription_goes_on_for_another_customer(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"), external_id="line-7")
    await story.bill()
    heir = await story.do(payer)

    done = await story.do(lambda session: transfer(session, subscription_id, heir, invoicing=NOW))

    new = await story.get(done.subscription_id)
    assert (new.customer_id, new.external_id, new.anchor_on) == (heir, "line-7", NOV_1)
    assert new.transferred_from_id == subscription_id
    assert (await story.get(subscription_id)).status is SubscriptionStatus.CANCELLED
    assert amounts(done.made) == [Decimal(-11)]
    await story.bill(DEC_1)
    assert [net for _, net in await story.invoiced()] == [30, -11, 11, 30]
    assert await story.revenue(DEC_1) == 30
    await story.check()


async def test_in_arrears_a_pause_is_billed_to_its_first_day(story: Story) -> None:
    used = await story.plan("30.00", timing=BillingTiming.ARREARS)
    subscription_id = await story.subscribed(used)

    await did(story, lambda it: it.pause(subscription_id, Pause()))

    await story.bill(DEC_1)
    assert await story.invoiced() == [(TODAY, Decimal(19))]
