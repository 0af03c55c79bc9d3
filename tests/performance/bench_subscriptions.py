"""How fast subscriptions are started: definition B2, and the same in larger batches.

Given customers and a plan of two services (29.90 and 4.50 a month, 20 % tax), each subscription
gets both and is in the state in which the bill run picks it up, with its events, its movements of
monthly revenue and the audit entry committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from time import perf_counter, process_time
from uuid import UUID

import sqlalchemy as sa

from dotmac_billing import (
    NewComponent,
    NewPlan,
    NewTerms,
    OpenCustomer,
    PublishedPlan,
    StartItem,
    StartSubscription,
    add_tax_rate,
    open_billing,
    open_customers,
    publish_plan,
    recurring_revenue,
    start_subscriptions,
)
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.tenants import register_tenant

START = date(2026, 10, 1)
PRICES = (Decimal("29.90"), Decimal("4.50"))


@dataclass(frozen=True)
class Result:
    """Rates a second, and the program's own CPU for one subscription in microseconds."""

    count: int
    batch: int
    opened: float
    started: float
    cpu_microseconds: float


async def subscribe(database: Database, count: int, batch: int) -> Result:
    """Open `count` payers and start a subscription each, `batch` a transaction; prints rates."""
    tenant_id, plan = await _given(database)
    began = perf_counter()
    customers = await _open(database, tenant_id, count, batch)
    opened = count / (perf_counter() - began)
    began, cpu = perf_counter(), process_time()
    for first in range(0, count, batch):
        async with database.transaction(tenant_id) as session:
            await start_subscriptions(
                session,
                [
                    StartSubscription(
                        customer_id,
                        plan.id,
                        START,
                        items=(StartItem("net"), StartItem("tv")),
                        external_id=str(customer_id),
                    )
                    for customer_id in customers[first : first + batch]
                ],
            )
    seconds, used = perf_counter() - began, process_time() - cpu
    await _check(database, tenant_id, count)
    result = Result(count, batch, opened, count / seconds, used / count * 1e6)
    print(f"payers opened, {batch:,} a transaction          {result.opened:10,.0f}/s")
    print(
        f"subscriptions started, {batch:,} a transaction   {result.started:10,.0f}/s   "
        f"{result.cpu_microseconds:.0f} us of the program each"
    )
    return result


async def _given(database: Database) -> tuple[UUID, PublishedPlan]:
    tenant_id = new_id()
    async with database.transaction(tenant_id) as session:
        await register_tenant(session, f"bench-{tenant_id}")
        await open_billing(session)
        await add_tax_rate(session, "VAT", Decimal("0.2"), valid_from=date(2020, 1, 1))
        net, tv = PRICES
        components = (
            NewComponent("net", "Internet", net, tax_code="VAT"),
            NewComponent("tv", "Television", tv, tax_code="VAT"),
        )
        return tenant_id, await publish_plan(
            session, NewPlan("HOME", "Home", NewTerms(components, available_from=START))
        )


async def _open(database: Database, tenant_id: UUID, count: int, batch: int) -> list[UUID]:
    customers: list[UUID] = []
    for first in range(0, count, batch):
        async with database.transaction(tenant_id) as session:
            opened = await open_customers(
                session,
                [
                    OpenCustomer(f"C-{n:07}", f"Customer {n}", email=f"c{n}@example.com")
                    for n in range(first, min(first + batch, count))
                ],
            )
            customers += opened.ids.values()
    return customers


async def _check(database: Database, tenant_id: UUID, count: int) -> None:
    async with database.transaction(tenant_id) as session:
        due = await session.execute(
            sa.text(
                "SELECT count(*) FROM billing.subscriptions s WHERE next_bill_on = :start AND "
                "(SELECT count(*) FROM billing.subscription_items i "
                " WHERE i.tenant_id = s.tenant_id AND i.subscription_id = s.id) = 2"
            ),
            {"start": START},
        )
        assert due.scalar_one() == count
        announced = await session.execute(
            sa.text(
                "SELECT count(*) FROM events.outbox WHERE name = 'billing.subscription_started'"
            )
        )
        assert announced.scalar_one() == count
        [standing] = await recurring_revenue(session, START)
        assert (standing.amount, standing.customers) == (count * sum(PRICES), count)
