"""What joins customers and billing: payers, merges, the timeline."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, record_payments, run_billing
from dotmac_billing.changes.errors import SubscriptionNotChangeableError
from dotmac_billing.testing import plan, subscribed
from dotmac_core_events import create_worker
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import (
    AddressKind,
    AddressService,
    CustomerService,
    NewAddress,
    NewCustomer,
    PostalAddress,
)
from dotmac_customers.hierarchy.service import HierarchyService
from dotmac_customers.merging.service import MergeService
from dotmac_platform.modules import MODULES

SINCE = date(2026, 11, 1)


async def customers(session: AsyncSession, *names: str) -> list[UUID]:
    made = await CustomerService.within(session).create_many([NewCustomer(name=n) for n in names])
    return [customer.id for customer in made]


async def test_a_merge_hands_subscriptions_over_and_leaves_invoices(
    composed: Database, provider: Tenant
) -> None:
    async with composed.transaction(provider.id) as session:
        kept, merged = await customers(session, "Ann", "Ann B.")
        old = await subscribed(session, customer=merged, plan=await plan(session), since=SINCE)
    await run_billing(composed, provider.id, date(2026, 11, 20))

    async with composed.transaction(provider.id) as session:
        await MergeService(session).merge(kept, merged)

    async with composed.transaction(provider.id) as session:
        rows = await session.execute(
            sa.text(
                "SELECT id, customer_id, status, transferred_from_id FROM billing.subscriptions "
                "ORDER BY id"
            )
        )
        [before, after] = rows.all()
        invoiced = await session.scalars(sa.text("SELECT customer_id FROM billing.invoices"))
        assert (before.id, before.customer_id, before.status) == (old, merged, "cancelled")
        assert (after.customer_id, after.status, after.transferred_from_id) == (
            *(kept, "active"),
            old,
        )
        assert set(invoiced) == {merged}


async def test_a_merge_that_billing_cannot_take_does_not_happen(
    composed: Database, provider: Tenant
) -> None:
    async with composed.transaction(provider.id) as session:
        kept, merged = await customers(session, "Ann", "Ann B.")
        paused = await subscribed(session, customer=merged, plan=await plan(session), since=SINCE)
        await session.execute(
            sa.text("UPDATE billing.subscriptions SET status = 'paused' WHERE id = :id"),
            {"id": paused},
        )

    with pytest.raises(SubscriptionNotChangeableError):
        async with composed.transaction(provider.id) as session:
            await MergeService(session).merge(kept, merged)

    async with composed.transaction(provider.id) as session:
        assert (await CustomerService.within(session).by_id(merged)).merged_into_id is None


async def test_a_parent_pays_where_that_is_asked_for(composed: Database, provider: Tenant) -> None:
    async with composed.transaction(provider.id) as session:
        group, shop, site = await customers(session, "Group", "Shop", "Site")
        await HierarchyService(session).move(shop, group, parent_pays=True)
        await HierarchyService(session).move(site, group)

        found = await session.execute(sa.text("SELECT id, parent_id FROM billing.customers"))

    assert {row.id: row.parent_id for row in found} == {group: None, shop: group, site: None}


async def test_what_billing_does_stands_on_the_timeline(
    composed: Database, provider: Tenant
) -> None:
    async with composed.transaction(provider.id) as session:
        [ann] = await customers(session, "Ann")
        await subscribed(
            session, customer=ann, plan=await plan(session, price="49.90"), since=SINCE
        )
    await run_billing(composed, provider.id, date(2026, 11, 20))
    async with composed.transaction(provider.id) as session:
        await record_payments(
            session, [NewPayment(ann, Decimal("49.90"), date(2026, 11, 20), method="card")]
        )
    worker = create_worker(MODULES, composed, composed.clock)

    for _ in range(2):
        drained = await worker.drain(provider.id)
        assert drained.failed_events == 0

    async with composed.transaction(provider.id) as session:
        rows = await session.execute(
            sa.text(
                "SELECT kind, title, amount, currency, about_kind FROM customers.timeline_entries "
                "WHERE kind <> 'customer' ORDER BY kind, title"
            )
        )
        told = [tuple(row) for row in rows]
    assert [(kind, title, about) for kind, title, _, _, about in told] == [
        ("invoice", "Invoice INV-000001 over 49.90 USD was issued.", "invoice"),
        ("invoice", "Invoice INV-000001 over 49.90 USD was paid.", "invoice"),
        ("payment", "Paid 49.90 USD by card.", "payment"),
        ("subscription", told[3][1], "subscription"),
    ]
    assert (str(told[2][2]), told[2][3]) == ("49.9000", "USD")


async def test_what_was_brought_in_stands_on_the_day_it_happened(
    composed: Database, provider: Tenant
) -> None:
    """Told when it was brought in, an old customer's years would all be a minute ago."""
    async with composed.transaction(provider.id) as session:
        [ann] = await customers(session, "Ann")
        old = NewPayment(ann, Decimal("10.00"), date(2021, 3, 1))
        await record_payments(session, [old], historical=True)
        await record_payments(session, [NewPayment(ann, Decimal("20.00"), date(2026, 11, 1))])
    await create_worker(MODULES, composed, composed.clock).drain(provider.id)

    async with composed.transaction(provider.id) as session:
        rows = await session.execute(
            sa.text("SELECT at FROM customers.timeline_entries WHERE kind = 'payment' ORDER BY at")
        )
        times = list(rows.scalars())
    assert times == [datetime(2021, 3, 1, tzinfo=UTC), composed.clock.now()]


async def test_invoices_go_to_the_primary_billing_address(
    composed: Database, provider: Tenant
) -> None:
    first = PostalAddress("Sveavägen 1", "Stockholm", "SE", postal_code="111 57")
    second = PostalAddress("Main Street 1", "Austin", "US", region="Texas", postal_code="73301")
    async with composed.transaction(provider.id) as session:
        [ann] = await customers(session, "Ann")
        addresses = AddressService(session)
        await addresses.add(ann, NewAddress(AddressKind.SERVICE, second))
        await addresses.add(ann, NewAddress(AddressKind.BILLING, first))
        before = await _billed_to(session, ann)
        moved = await addresses.add(ann, NewAddress(AddressKind.BILLING, second))
        waiting = await _billed_to(session, ann)
        await addresses.make_primary(ann, moved.id)
        after = await _billed_to(session, ann)
        await addresses.remove(ann, moved.id)
        again = await _billed_to(session, ann)

    assert before == waiting == again == ("Sveavägen 1", "Stockholm", "SE", "111 57", None)
    assert after == ("Main Street 1", "Austin", "US", "73301", "TX")


async def _billed_to(session: AsyncSession, customer_id: UUID) -> tuple[str | None, ...]:
    found = await session.execute(
        sa.text(
            "SELECT street, city, country, postal_code, region FROM billing.customers "
            "WHERE id = :id"
        ),
        {"id": customer_id},
    )
    return tuple(found.one())
