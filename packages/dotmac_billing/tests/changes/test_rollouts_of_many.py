"""A rollout to many at once: what one by one comes to, in so many statements, and going on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import NewComponent, NewTerms, PublishedPlan
from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.catalog.terms import ChargeModel, Rollout
from dotmac_billing.changes.wanted import AddItems, When
from dotmac_billing.rollouts.service import RolledOut, arrange_some, roll_out
from dotmac_billing.settings.proration import ProrationUnit
from dotmac_billing.settings.service import SettingsChange, SettingsService
from dotmac_billing.subscriptions.starting import StartItem
from dotmac_billing.testing import payer
from dotmac_core_ops.database import driver_connection
from dotmac_core_ops.testing import Tenant

from .story import DEC_1, NOV_1, TODAY, Row, Story

JAN_1 = date(2027, 1, 1)
NOBODY = UUID(int=0)
OLD = (
    NewComponent("base", "Line", Decimal("30.00")),
    NewComponent("seat", "Seat", Decimal("3.33"), model=ChargeModel.PER_UNIT),
)
NEW = (
    NewComponent("base", "Line", Decimal("47.77")),
    NewComponent("seat", "Seat", Decimal("2.99"), model=ChargeModel.PER_UNIT),
)
Work = Callable[[AsyncSession], Awaitable[Any]]


def version(plan: PublishedPlan, rollout: Rollout) -> Work:
    """Work a version of the plan with other prices."""
    on = TODAY if rollout is Rollout.DATE else None
    terms = NewTerms(NEW, rollout=rollout, rollout_on=on, available_from=NOV_1)
    return lambda session: CatalogService(session).publish_version(plan.plan_id, terms)


def counting(unit: ProrationUnit) -> Work:
    """Count shares of periods by days or by seconds."""

    async def change(session: AsyncSession) -> None:
        service = SettingsService(session)
        await service.change(await service.locked(), SettingsChange(proration=unit))

    return change


async def lived(story: Story, unit: ProrationUnit) -> PublishedPlan:
    """Subscriptions of every sort, of which most are billed; the plan that they are of."""
    await story.do(counting(unit))
    plan = await story.priced(*OLD)
    add_on = await story.plan("5.00", code="MORE", is_add_on=True)
    customer = await story.do(payer)
    for day in (1, 7, 20):
        await story.subscribed(plan, since=date(2026, 11, day))
    for quantity in (1, 7):  # two of one customer
        seats = (StartItem("base"), StartItem("seat", Decimal(quantity)))
        await story.subscribed(plan, customer=customer, items=seats)
    with_more, with_seats = [await story.subscribed(plan) for _ in range(2)]
    await story.subscribed(plan, since=DEC_1)  # nothing was billed, it has not begun
    await story.subscribed(plan, anchor=date(2026, 11, 15))
    await story.bill()
    await story.add(with_more, add_on, When(on=date(2026, 11, 11)))  # lines that wait
    await story.set_quantity(with_seats, 5)  # an item that begins today
    await story.subscribed(plan)  # begun and not billed yet
    return plan


async def seen(story: Story) -> dict[str, list[Row]]:
    """All that a rollout writes, without ids, in the order of subscriptions."""
    numbered = "SELECT *, row_number() OVER (ORDER BY id) AS nth FROM billing.subscriptions"
    of = f"JOIN ({numbered}) s ON s.id = x.subscription_id"
    queries = {
        "subscriptions": "SELECT s.nth, v.version, s.cycle, s.next_bill_on, s.billed_on, "
        f"s.version FROM ({numbered}) s "
        "JOIN billing.plan_versions v ON v.id = s.plan_version_id ORDER BY 1",
        "items": "SELECT s.nth, x.position, x.description, x.quantity, x.starts_on, x.ends_on, "
        f"x.replaces_item_id IS NULL FROM billing.subscription_items x {of} ORDER BY 1, 2, 5, 6",
        "waiting": "SELECT s.nth, x.kind, x.description, x.amount, x.bill_from, x.period_start, "
        f"x.period_end, x.withdrawn_at FROM billing.pending_lines x {of} ORDER BY 1, 2, 3, 4, 6, 8",
        "revenue": "SELECT s.nth, x.occurred_on, x.kind, sum(x.amount) "
        f"FROM billing.mrr_movements x {of} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        "changes": "SELECT s.nth, x.sequence, x.kind, x.status, x.effective_on, x.behaviour, "
        f"x.direction, x.summary ->> 'version' FROM billing.subscription_changes x {of} "
        "ORDER BY 1, 2",
        "invoices": "SELECT s.nth, l.kind, l.description, l.net, l.period_start, l.period_end "
        "FROM billing.invoice_lines l JOIN billing.subscription_items x ON x.id = l.item_id "
        f"{of} ORDER BY 1, 5, 6, 2, 3, 4",
        "audit": "SELECT action, count(*) FROM core.audit_log GROUP BY 1 ORDER BY 1",
        "facts": "SELECT name, count(*) FROM events.outbox GROUP BY 1 ORDER BY 1",
    }
    return {name: await story.rows(query) for name, query in queries.items()}


@pytest.mark.parametrize("rollout", [Rollout.NEXT_RENEWAL, Rollout.DATE])
@pytest.mark.parametrize("unit", list(ProrationUnit))
async def test_many_at_once_are_what_they_are_one_by_one(
    story: Story, second_tenant: Tenant, rollout: Rollout, unit: ProrationUnit
) -> None:
    other = Story(story.database, second_tenant, story.clock)
    found = []
    for one, at_a_time in ((story, 1), (other, 500)):
        plan = await lived(one, unit)
        await one.do(version(plan, rollout))
        done = await roll_out(one.database, one.tenant.id, at_a_time=at_a_time)
        await one.check()
        before = await seen(one)
        await one.bill(JAN_1)
        await one.check()
        found.append((before, await seen(one)))
        by_second_today = unit is ProrationUnit.SECOND and rollout is Rollout.DATE
        assert [*done.refused.values()] == ["SUBSCRIPTION_CHANGED_TODAY"] * by_second_today
        assert done.changed == 10 - by_second_today

    for by_one, by_all in zip(*found, strict=True):
        for name, rows in by_one.items():
            assert (name, rows) == (name, by_all[name])


@pytest.mark.parametrize("rollout", [Rollout.NEXT_RENEWAL, Rollout.DATE])
async def test_the_number_of_statements_does_not_grow(story: Story, rollout: Rollout) -> None:
    plan = await story.priced(*OLD)
    for _ in range(130):
        await story.subscribed(plan)
    await story.bill()
    await story.do(version(plan, rollout))

    async def counted(session: AsyncSession, limit: int) -> int:
        statements: list[Any] = []
        connection = await driver_connection(session)
        connection.add_query_logger(statements.append)
        arranged = await arrange_some(session, after=NOBODY, limit=limit)
        connection.remove_query_logger(statements.append)
        assert len(arranged) == limit
        return len(statements)

    await story.do(lambda session: counted(session, 2))  # what a process learns once
    few = await story.do(lambda session: counted(session, 25))
    many = await story.do(lambda session: counted(session, 100))

    assert few == many


async def test_what_is_refused_holds_up_no_other_and_nothing_of_it_is_written(
    story: Story,
) -> None:
    await story.do(counting(ProrationUnit.SECOND))
    plan = await story.priced(*OLD)
    ids = [await story.subscribed(plan) for _ in range(3)]
    await story.bill()
    await story.set_quantity(ids[1], 7)
    published = await story.do(version(plan, Rollout.DATE))
    before = await story.get(ids[1])

    done = await roll_out(story.database, story.tenant.id)

    assert (done.changed, done.refused) == (2, {ids[1]: "SUBSCRIPTION_CHANGED_TODAY"})
    after = [await story.get(one) for one in ids]
    assert [one.plan_version_id for one in after] == [published.id, plan.id, published.id]
    assert (after[1].version, after[1].next_bill_on) == (before.version, before.next_bill_on)
    changed = await story.rows(
        "SELECT subscription_id FROM billing.subscription_changes WHERE kind = 'plan'"
    )
    assert {row[0] for row in changed} == {ids[0], ids[2]}
    await story.check()


class PowerFailedError(Exception):
    """Nothing after it is done."""


async def test_a_rollout_that_was_ended_goes_on_where_it_was(story: Story) -> None:
    plan = await story.priced(*OLD)
    for _ in range(5):
        await story.subscribed(plan)
    await story.do(version(plan, Rollout.NEXT_RENEWAL))
    told: list[int] = []

    async def power_fails(done: RolledOut) -> None:
        told.append(done.changed)
        if done.changed == 4:
            raise PowerFailedError

    with pytest.raises(PowerFailedError):
        await roll_out(story.database, story.tenant.id, at_a_time=2, progress=power_fails)
    rest = await roll_out(story.database, story.tenant.id, at_a_time=2)

    assert told == [2, 4]
    assert rest.changed == 1
    arranged = await story.rows(
        "SELECT subscription_id, count(*) FROM billing.subscription_changes GROUP BY 1"
    )
    assert [row[1] for row in arranged] == [1] * 5


async def test_an_add_on_stays_with_those_who_have_it(story: Story) -> None:
    plan, add_on = await story.priced(*OLD), await story.plan("5.00", is_add_on=True)
    ids = [await story.subscribed(plan) for _ in range(2)]
    await story.change(ids[0], add=(AddItems(plan_version_id=add_on.id),))
    await story.do(version(plan, Rollout.DATE))

    await roll_out(story.database, story.tenant.id)

    rows = await story.rows(
        "SELECT subscription_id, count(*) FROM billing.subscription_items "
        "WHERE ends_on IS NULL GROUP BY 1"
    )
    assert dict(map(tuple, rows)) == {ids[0]: 3, ids[1]: 2}
