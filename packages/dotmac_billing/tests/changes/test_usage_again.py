"""Changes in the past of subscriptions whose usage has been billed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.assembly.billed import Billed
from dotmac_billing.assembly.decision import bill_of
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.assembly.rerating import (
    LateDay,
    adjustments,
    late_items,
    late_periods_of,
)
from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ChargeModel, ComponentKind
from dotmac_billing.changes.kinds import ChangeAt, Invoicing
from dotmac_billing.changes.plan_of_change import CreditMode
from dotmac_billing.changes.settlement import State, rated_again
from dotmac_billing.changes.wanted import When
from dotmac_billing.charges.measured import Measured
from dotmac_billing.lifecycle.service import LifecycleService
from dotmac_billing.lifecycle.wanted import Cancellation
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_billing.subscriptions.moments import Days
from dotmac_billing.subscriptions.windows import ItemWindow
from dotmac_billing.testing import metered
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.reported import UsageEvent
from dotmac_billing.usage.service import define_meter, ingest
from dotmac_billing.usage.terms import Aggregation
from dotmac_core_ops.database import new_id
from packages.dotmac_billing.tests.assembly.builders import item as billed_item
from packages.dotmac_billing.tests.assembly.builders import subscription as due_subscription

from .story import DEC_1, NOV_1, TODAY, Story

OCT_1, OCT_16 = date(2026, 10, 1), date(2026, 10, 16)
ON_THE_16TH = When(at=ChangeAt.DATE, on=OCT_16)


async def traffic(story: Story, price: str) -> PublishedPlan:
    return await story.priced(metered("traffic", ChargeModel.PER_UNIT, {"unit_price": price}))


async def billed_for_october(story: Story) -> UUID:
    """10 were used on the 5th and 4 on the 20th, at 1.00 each; it has been billed."""
    meter = NewMeter("traffic", "Traffic", Aggregation.SUM, back_dating_days=90)
    await story.do(lambda session: define_meter(session, meter))
    subscription_id = await story.subscribed(await traffic(story, "1.00"), since=OCT_1)
    events = [
        UsageEvent(
            f"e{day}",
            "traffic",
            datetime(2026, 10, day, 12, tzinfo=UTC),
            subscription=str(subscription_id),
            value=Decimal(value),
        )
        for day, value in ((5, 10), (20, 4))
    ]
    await story.do(lambda session: ingest(session, events))
    await story.bill()
    assert await story.invoiced() == [(NOV_1, Decimal(14))]
    return subscription_id


async def test_another_plan_from_a_day_in_the_past_rates_its_usage_at_its_price(
    story: Story,
) -> None:
    subscription_id = await billed_for_october(story)

    await story.change_plan(subscription_id, await traffic(story, "3.00"), ON_THE_16TH)

    await story.bill(DEC_1)
    # The 4 of the 20th cost 3.00 each and not 1.00; nothing was used in November.
    assert await story.invoiced() == [(NOV_1, Decimal(14)), (DEC_1, Decimal(8))]
    await story.bill(date(2027, 1, 1))
    assert (await story.invoiced())[2:] == [(date(2027, 1, 1), Decimal(0))]
    await story.check()


async def test_it_is_billed_at_once_where_that_is_wanted(story: Story) -> None:
    subscription_id = await billed_for_october(story)
    at_once = replace(ON_THE_16TH, invoicing=Invoicing.NOW)

    await story.change_plan(subscription_id, await traffic(story, "3.00"), at_once)

    assert (await story.invoiced())[1:] == [(TODAY, Decimal(8))]


async def test_an_end_in_the_past_gives_back_the_usage_after_it(story: Story) -> None:
    subscription_id = await billed_for_october(story)
    ends = Cancellation(CancelAt.DATE, OCT_16, refund=CreditMode.PRORATED)

    await story.do(lambda session: LifecycleService(session).cancel(subscription_id, ends))

    await story.bill(DEC_1)
    assert [net for _, net in await story.invoiced()] == [14, -4]
    await story.check()


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


class _Books:
    """What was billed for usage, line by line, and the items it is charged to."""

    def __init__(self, used: Sequence[int]) -> None:
        self.used = used
        first = ItemWindow(
            *(new_id(), new_id(), 1, "Traffic", ComponentKind.USAGE, Decimal(1)),
            *(BillingCycle.MONTHLY, BillingTiming.ARREARS),
        )
        self.items = [first]
        self.prices = {first.id: Decimal("0.333")}
        self.lines: list[tuple[UUID, date, date, Decimal, Decimal, Decimal]] = []
        self.billed_on = date(2026, 4, 1)

    def billed_items(self) -> list[BilledItem]:
        return [
            billed_item(
                meter="traffic", parameters={"unit_price": str(self.prices[one.id])}
            )._replace(item_id=one.id, starts_on=one.starts_on, ends_on=one.ends_on)
            for one in self.items
        ]

    def measured(self, start: date, end: date) -> Decimal:
        first = (start - JAN_1).days
        return Decimal(sum(self.used[first : first + (end - start).days]))

    def bill(self) -> None:
        items = self.billed_items()
        owner = due_subscription(items)
        for moment in bill_of(owner, items, self.billed_on).moments:
            for due in moment.dues:
                quantity = self.measured(*due.part)
                amount = _rounded(self.prices[due.item.item_id] * quantity)
                off = _rounded(amount / 4)
                self.lines.append((due.item.item_id, *due.part, amount, off, quantity))

    def change(self, day: date, price: Decimal) -> None:
        """From that day on it costs something else: an item ends and another begins."""
        days = Days(JAN_1, JAN_1, None)
        before = State(days, self.items)
        ended = [one.until(day, JAN_1) for one in self.items]
        new = replace(self.items[0], id=new_id(), starts_on=day, ends_on=None)
        self.items = [*ended, new]
        self.prices[new.id] = price
        marks = rated_again(before, State(days, self.items), self.billed_on, day)
        self.rate_again([LateDay("traffic", on) for _, on in marks])

    def rate_again(self, late: Sequence[LateDay]) -> None:
        items = self.billed_items()
        owner = due_subscription(items)._replace(billed_on=self.billed_on)
        wanted = set(late_items(items, late))
        keys = {
            (line[0], line[1])
            for line in self.lines
            if any(line[0] == one and line[1] <= day < line[2] for one, day in wanted)
        }
        billed: dict[UUID, dict[date, Billed]] = {}
        for item_id, start in keys:
            mine = [line for line in self.lines if (line[0], line[1]) == (item_id, start)]
            billed.setdefault(item_id, {})[start] = Billed(
                sum((line[3] for line in mine), Decimal(0)),
                sum((line[4] for line in mine), Decimal(0)),
                sum((line[5] for line in mine), Decimal(0)),
                max(line[2] for line in mine),
            )
        periods = late_periods_of(owner, items, late, billed)
        measured = {
            (owner.id, due.item.item_id, due.part.start): Measured(self.measured(*due.part))
            for due, is_served in periods
            if is_served
        }
        for charge in adjustments(owner, periods, measured, billed):
            assert charge.item_id is not None
            assert charge.period_start is not None
            assert charge.period_end is not None
            self.lines.append(
                (
                    *(charge.item_id, charge.period_start, charge.period_end),
                    *(charge.amount, charge.own_off, charge.quantity),
                )
            )


JAN_1 = date(2026, 1, 1)


@given(
    used=st.lists(st.integers(0, 9), min_size=90, max_size=90),
    changes=st.lists(st.tuples(st.integers(0, 89), st.integers(1, 999)), min_size=1, max_size=5),
)
def test_whatever_was_changed_in_the_past_each_day_is_billed_once_at_the_price_it_has_now(
    used: list[int], changes: list[tuple[int, int]]
) -> None:
    books = _Books(used)
    books.bill()

    for day, price in changes:
        books.change(JAN_1 + timedelta(days=day), Decimal(price) / 1000)

    expected: dict[tuple[UUID, date], Decimal] = {}
    items = books.billed_items()
    for moment in bill_of(due_subscription(items), items, books.billed_on).moments:
        for due in moment.dues:
            amount = _rounded(books.prices[due.item.item_id] * books.measured(*due.part))
            expected[due.item.item_id, due.part.start] = amount
    found: dict[tuple[UUID, date], Decimal] = {}
    offs: dict[tuple[UUID, date], Decimal] = {}
    for item_id, start, _, amount, off, _ in books.lines:
        found[item_id, start] = found.get((item_id, start), Decimal(0)) + amount
        offs[item_id, start] = offs.get((item_id, start), Decimal(0)) + off
    assert {key: value for key, value in found.items() if value} == {
        key: value for key, value in expected.items() if value
    }
    # What was taken off is given back with it: never more, and all when all is given back.
    assert all(0 <= offs[key] <= found[key] for key in found)
