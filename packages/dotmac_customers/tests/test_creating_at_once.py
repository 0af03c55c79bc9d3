"""Customers who bring their numbers are created by many at the same time."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerService, NewCustomer


async def create(
    database: Database, tenant: Tenant, number: str, made: asyncio.Event, go_on: asyncio.Event
) -> None:
    async with database.transaction(tenant.id) as session:
        await CustomerService.within(session).create(NewCustomer(name="Ann", number=number))
        made.set()
        await go_on.wait()


async def test_two_imports_do_not_wait_for_each_other_and_both_are_counted(
    database: Database, tenant: Tenant
) -> None:
    first_made, second_made, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        group.create_task(create(database, tenant, "A-1", first_made, go_on))
        group.create_task(create(database, tenant, "A-2", second_made, go_on))
        # Both have written while neither has committed.
        await first_made.wait()
        await second_made.wait()
        go_on.set()

    async with database.transaction(tenant.id) as session:
        total = await session.scalar(sa.text("SELECT total FROM customers.counters"))
    assert total == 2


async def test_a_number_given_by_hand_is_not_drawn_later(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await CustomerService.within(session).create(NewCustomer(name="Ann", number="C-000007"))

    async with database.transaction(tenant.id) as session:
        drawn = await CustomerService.within(session).create(NewCustomer(name="Bea"))

    assert drawn.number == "C-000008"


async def test_what_is_rolled_back_is_not_counted(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        await CustomerService.within(session).create(NewCustomer(name="Ann", number="A-1"))
        await session.rollback()

    async with database.transaction(tenant.id) as session:
        total = await session.scalar(sa.text("SELECT total FROM customers.counters"))
    assert total is None
