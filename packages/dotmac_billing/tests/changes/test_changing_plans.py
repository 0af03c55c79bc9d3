"""Changes of plan: when they hold, what they credit and charge."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ChangeBehaviour
from dotmac_billing.changes.errors import InvalidChangeError
from dotmac_billing.changes.kinds import ChangeAt, ChangeStatus, Invoicing
from dotmac_billing.changes.wanted import When
from dotmac_billing.credit_notes.asked import NewCreditNote
from dotmac_billing.credit_notes.reasons import CreditReason
from dotmac_billing.credit_notes.service import issue_credit_note
from dotmac_billing.testing import tax

from .story import DEC_1, NOV_1, TODAY, Story, amounts, share

AT_ONCE = When(invoicing=Invoicing.NOW)


async def test_an_upgrade_credits_the_old_and_charges_the_new_from_today(story: Story) -> None:
    small, large = await story.plan("30.00"), await story.plan("60.00")
    subscription_id = await story.subscribed(small)
    await story.bill()

    made = await story.change_plan(subscription_id, large)

    assert made.effective_on == TODAY
    assert amounts(made) == [-share("30", 11, 30), share("60", 11, 30)]
    assert await story.invoiced() == [(NOV_1, Decimal(30))]
    await story.bill(DEC_1)
    assert await story.invoiced() == [(NOV_1, Decimal(30)), (DEC_1, Decimal(71))]
    assert (await story.get(subscription_id)).plan_version_id == large.id
    await story.check()


async def test_an_upgrade_may_be_billed_at_once(story: Story) -> None:
    small, large = await story.plan("30.00"), await story.plan("60.00")
    subscription_id = await story.subscribed(small)
    await story.bill()

    made = await story.change_plan(subscription_id, large, AT_ONCE)

    assert len(made.invoice_ids) == 1
    assert await story.invoiced() == [(NOV_1, Decimal(30)), (TODAY, Decimal(11))]
    await story.bill(DEC_1)
    assert (await story.invoiced())[2:] == [(DEC_1, Decimal(60))]
    await story.check()


async def test_two_changes_on_a_day_may_both_be_billed_at_once(story: Story) -> None:
    small, large = await story.plan("30.00"), await story.plan("60.00")
    huge = await story.plan("90.00")
    subscription_id = await story.subscribed(small)
    await story.bill()

    await story.change_plan(subscription_id, large, AT_ONCE)
    await story.change_plan(subscription_id, huge, AT_ONCE)

    assert [net for _, net in await story.invoiced()] == [30, 11, 11]
    await story.check()


async def test_a_downgrade_waits_for_the_renewal(story: Story) -> None:
    large, small = await story.plan("60.00"), await story.plan("30.00")
    subscription_id = await story.subscribed(large)
    await story.bill()

    made = await story.change_plan(subscription_id, small)

    assert (made.status, made.effective_on) == (ChangeStatus.SCHEDULED, DEC_1)
    assert made.behaviour is ChangeBehaviour.AT_RENEWAL
    assert made.lines == ()
    assert (await story.get(subscription_id)).plan_version_id == large.id
    assert await story.revenue(TODAY) == 60
    assert await story.revenue(DEC_1) == 30
    await story.bill(DEC_1)
    assert await story.invoiced() == [(NOV_1, Decimal(60)), (DEC_1, Decimal(30))]


async def test_a_downgrade_at_once_becomes_credit_that_the_next_invoice_takes(
    story: Story,
) -> None:
    large, small = await story.plan("60.00"), await story.plan("30.00")
    subscription_id = await story.subscribed(large)
    await story.bill()

    await story.change_plan(
        subscription_id,
        small,
        When(behaviour=ChangeBehaviour.NOW_WITH_CREDIT, invoicing=Invoicing.NOW),
    )

    assert await story.invoiced() == [(NOV_1, Decimal(60)), (TODAY, Decimal(-11))]
    await story.bill(DEC_1)
    due = await story.rows("SELECT amount_due FROM billing.invoice_balances ORDER BY due_on")
    assert [row[0] for row in due] == [60, 0, 19]
    await story.check()


async def test_what_a_credit_note_took_back_is_not_credited_again(story: Story) -> None:
    subscription_id = await story.subscribed(await story.plan("30.00"))
    await story.bill()
    [[invoice_id]] = await story.rows("SELECT id FROM billing.invoices")
    note = NewCreditNote(invoice_id, CreditReason.GOODWILL)
    await story.do(lambda session: issue_credit_note(session, note))

    made = await story.change_plan(subscription_id, await story.plan("60.00"))

    assert amounts(made) == [share("60", 11, 30)]
    await story.check()


async def test_without_credit_the_new_price_holds_from_the_next_period(story: Story) -> None:
    small, large = await story.plan("30.00"), await story.plan("60.00")
    subscription_id = await story.subscribed(small)
    await story.bill()

    made = await story.change_plan(
        subscription_id, large, When(behaviour=ChangeBehaviour.NOW_WITHOUT_CREDIT)
    )

    assert made.lines == ()
    await story.bill(DEC_1)
    assert await story.invoiced() == [(NOV_1, Decimal(30)), (DEC_1, Decimal(60))]


async def test_a_restarted_cycle_is_billed_in_full_from_today(story: Story) -> None:
    small, yearly = (
        await story.plan("30.00"),
        await story.plan("300.00", cycle=BillingCycle.ANNUALLY),
    )
    subscription_id = await story.subscribed(small)
    await story.bill()

    made = await story.change_plan(
        subscription_id, yearly, When(behaviour=ChangeBehaviour.RESTART_CYCLE)
    )

    assert amounts(made) == [-share("30", 11, 30)]
    changed = await story.get(subscription_id)
    assert (changed.anchor_on, changed.next_bill_on) == (TODAY, TODAY)
    await story.bill(TODAY)
    assert await story.invoiced() == [(NOV_1, Decimal(30)), (TODAY, Decimal(289))]
    assert (await story.get(subscription_id)).next_bill_on == date(2027, 11, 20)
    await story.check()


async def test_another_cadence_keeps_the_anchor(story: Story) -> None:
    monthly = await story.plan("30.00")
    yearly = await story.plan("365.00", cycle=BillingCycle.ANNUALLY)
    subscription_id = await story.subscribed(monthly)
    await story.bill()

    made = await story.change_plan(subscription_id, yearly, AT_ONCE)

    # 20 November to 1 November of the next year: 346 of 365 days.
    assert amounts(made) == [-share("30", 11, 30), Decimal("346.00")]
    assert await story.invoiced() == [(NOV_1, Decimal(30)), (TODAY, Decimal(335))]
    assert (await story.get(subscription_id)).next_bill_on == date(2027, 11, 1)


async def test_in_arrears_nothing_is_credited_and_each_day_has_its_price(story: Story) -> None:
    small = await story.plan("30.00", timing=BillingTiming.ARREARS)
    large = await story.plan("60.00", timing=BillingTiming.ARREARS)
    subscription_id = await story.subscribed(small)

    made = await story.change_plan(subscription_id, large)

    assert made.lines == ()
    await story.bill(DEC_1)
    assert await story.invoiced() == [(DEC_1, Decimal(19) + Decimal(22))]


async def test_a_change_in_the_past_makes_good_every_period_since(story: Story) -> None:
    small, large = await story.plan("30.00"), await story.plan("60.00")
    subscription_id = await story.subscribed(small, since=date(2026, 9, 1))
    await story.bill()

    made = await story.change_plan(subscription_id, large, When(ChangeAt.DATE, date(2026, 9, 16)))

    assert sorted(amounts(made)) == [-30, -30, -15, 30, 60, 60]
    assert await story.revenue(date(2026, 9, 16)) == 60
    await story.bill(DEC_1)
    assert (await story.invoiced())[-1] == (DEC_1, Decimal(60 + 75))
    await story.check()


async def test_the_credit_is_of_what_was_charged_with_its_tax(story: Story) -> None:
    vat = await story.do(tax)
    small = await story.plan("30.00", tax_code=vat)
    large = await story.plan("60.00", tax_code=vat)
    subscription_id = await story.subscribed(small)
    await story.bill()

    await story.change_plan(subscription_id, large, AT_ONCE)

    totals = await story.rows("SELECT net, tax, total FROM billing.invoices ORDER BY sequence")
    assert totals == [
        (Decimal("30.00"), Decimal("6.00"), Decimal("36.00")),
        (Decimal("11.00"), Decimal("2.20"), Decimal("13.20")),
    ]
    await story.check()


async def test_a_day_is_credited_once_however_often_the_plan_is_changed(story: Story) -> None:
    plans = [await story.plan(price) for price in ("30.00", "60.00", "90.00", "15.00", "45.00")]
    subscription_id = await story.subscribed(plans[0])
    await story.bill()
    now = ChangeBehaviour.NOW_WITH_CREDIT

    for n, to in enumerate(plans[1:]):
        await story.change_plan(
            subscription_id, to, When(ChangeAt.DATE, NOV_1 + timedelta(days=6 * n + 3), now)
        )

    await story.bill(DEC_1)
    # 3 days at 1, then 6 each at 2, 3 and 0.5 a day, and the last 9 at 1.5.
    days = Decimal(3) + 12 + 18 + 3 + Decimal("13.5")
    assert sum(net for _, net in await story.invoiced()) == days + 45
    await story.check()


async def test_what_is_not_billed_yet_is_simply_billed_differently(story: Story) -> None:
    small, large = await story.plan("30.00"), await story.plan("60.00")
    subscription_id = await story.subscribed(small)

    made = await story.change_plan(subscription_id, large)

    assert made.lines == ()
    await story.bill()
    assert await story.invoiced() == [(NOV_1, Decimal(19) + Decimal(22))]


@pytest.mark.parametrize(
    "when",
    [
        When(ChangeAt.DATE, date(2026, 10, 31)),
        When(ChangeAt.DATE),
        When(ChangeAt.NOW, TODAY),
        When(ChangeAt.DATE, date(2037, 1, 1)),
    ],
)
async def test_a_day_that_makes_no_sense_is_refused(story: Story, when: When) -> None:
    small, large = await story.plan("30.00"), await story.plan("60.00")
    subscription_id = await story.subscribed(small)

    with pytest.raises(InvalidChangeError):
        await story.change_plan(subscription_id, large, when)
