"""A test tenant's time: it stands still, is moved on, and nobody else's moves with it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from dotmac_api_gateway.testing import signed_in_clients
from dotmac_billing import (
    NewComponent,
    NewPlan,
    NewTerms,
    OpenCustomer,
    StartSubscription,
    check_books,
    open_customers,
    publish_plan,
    start_subscriptions,
)
from dotmac_core_events import TenantClockService, advance
from dotmac_core_events import module as events_module
from dotmac_core_events.test_clocks.errors import (
    TenantClockBackwardsError,
    TenantClockBusyError,
    TenantNotForTestsError,
)
from dotmac_core_events.test_clocks.repository import try_hold
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, clock_of, driver_connection, new_id
from dotmac_core_ops.tenants import register_tenant
from dotmac_core_ops.testing import Tenant
from dotmac_platform.modules import MODULES

NEW_YEAR = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
async def rehearsal(database: Database) -> Tenant:
    """A tenant for tests whose time stands still on New Year's Day."""
    tenant = Tenant(new_id(), f"t-{new_id().hex[-12:]}")
    async with database.transaction(tenant.id) as session:
        await register_tenant(session, tenant.slug, is_test=True)
        await TenantClockService(session).freeze(NEW_YEAR)
    return tenant


async def subscribed(database: Database, tenant: Tenant) -> None:
    """A monthly subscription ahead, from the 31st of January."""
    async with database.transaction(tenant.id) as session:
        base = NewComponent("base", "Internet", Decimal("10.00"))
        terms = NewTerms((base,), available_from=date(2020, 1, 1))
        plan = await publish_plan(session, NewPlan("fiber", "Fiber", terms))
        opened = await open_customers(session, [OpenCustomer(code="C1", name="Ada")])
        start = StartSubscription(opened.ids["C1"], plan.id, date(2026, 1, 31))
        await start_subscriptions(session, [start])


async def test_it_is_the_tenants_own_time_in_every_transaction(
    database: Database, rehearsal: Tenant, tenant: Tenant, clock: FrozenClock
) -> None:
    async with database.transaction(rehearsal.id) as session:
        own = clock_of(session).now()
    async with database.transaction(tenant.id) as session:
        others = clock_of(session).now()

    assert (own, others) == (NEW_YEAR, clock.now())


async def test_a_year_of_bills_is_issued_on_their_days(
    database: Database, rehearsal: Tenant
) -> None:
    await subscribed(database, rehearsal)

    done = await advance(database, MODULES, rehearsal.id, datetime(2026, 7, 1, tzinfo=UTC))

    async with database.read(rehearsal.id) as connection:
        found = await connection.fetch(
            "SELECT issued_on, historical FROM billing.invoices ORDER BY sequence"
        )
    days = [(1, 31), (2, 28), (3, 31), (4, 30), (5, 31), (6, 30)]
    assert [tuple(row) for row in found] == [(date(2026, m, d), False) for m, d in days]
    assert done.now == datetime(2026, 7, 1, tzinfo=UTC)
    async with database.transaction(rehearsal.id) as session:
        assert clock_of(session).now() == done.now
        assert await check_books(session) == []


async def test_what_was_interrupted_goes_on_from_the_last_step(
    database: Database, rehearsal: Tenant
) -> None:
    await subscribed(database, rehearsal)

    def stop(at: datetime) -> None:
        if at.date() == date(2026, 3, 10):
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await advance(database, MODULES, rehearsal.id, datetime(2026, 5, 1, tzinfo=UTC), stop)
    async with database.transaction(rehearsal.id) as session:
        assert clock_of(session).today() == date(2026, 3, 10)
    await advance(database, MODULES, rehearsal.id, datetime(2026, 5, 1, tzinfo=UTC))

    async with database.read(rehearsal.id) as connection:
        assert await connection.fetchval("SELECT count(*) FROM billing.invoices") == 4


async def test_time_goes_forward_only_and_one_at_a_time(
    database: Database, rehearsal: Tenant
) -> None:
    with pytest.raises(TenantClockBackwardsError):
        await advance(database, MODULES, rehearsal.id, NEW_YEAR)
    holder = await database.connect_raw("dotmac_app")
    try:
        assert await try_hold(holder, rehearsal.id)
        with pytest.raises(TenantClockBusyError):
            await advance(database, MODULES, rehearsal.id, datetime(2026, 2, 1, tzinfo=UTC))
    finally:
        await holder.close()


async def test_a_real_tenant_has_no_test_clock(database: Database, tenant: Tenant) -> None:
    with pytest.raises(TenantNotForTestsError):
        async with database.transaction(tenant.id) as session:
            await TenantClockService(session).freeze(NEW_YEAR)
    async with database.transaction(tenant.id) as session:
        raw = await driver_connection(session)
        with pytest.raises(asyncpg.CheckViolationError):
            await raw.execute("UPDATE core.tenants SET test_now = now() WHERE id = $1", tenant.id)
        await session.rollback()


async def test_time_is_moved_over_http(database: Database, rehearsal: Tenant) -> None:
    async with signed_in_clients(database, events_module) as client_of:
        client = client_of(rehearsal)
        [clock] = (await client.get("/test-clocks")).json()["data"]
        moved = await client.post(f"/test-clocks/{clock['id']}/advance", json={"days": 2})
        back = await client.post(
            f"/test-clocks/{clock['id']}/advance", json={"to": "2025-01-01T00:00:00Z"}
        )
        unknown = await client.post(f"/test-clocks/{UUID(int=7)}/advance", json={"days": 2})
        again = await client.post("/test-clocks", json={})

    assert moved.status_code == 200
    assert moved.json()["data"]["now"] == "2026-01-03T06:00:00Z"
    assert (back.status_code, back.json()["error"]["code"]) == (422, "TEST_CLOCK_BACKWARDS")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "TEST_CLOCK_NOT_FOUND")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "TEST_CLOCK_EXISTS")
