"""A plan may limit how many customers a tenant has; without a limit nobody counts as they go."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerService, CustomerState, NewCustomer, Reason, module
from dotmac_customers.merging.service import MergeService
from dotmac_customers.personal.service import person_of, personal_data
from dotmac_customers.profiles.errors import CustomerErasedError
from dotmac_identity import EntitlementService, LimitReachedError, limits_of, reconcile


def customers(count: int) -> list[NewCustomer]:
    return [NewCustomer(name=f"Customer {n}") for n in range(count)]


async def limited(database: Database, tenant: Tenant, most: int) -> None:
    async with database.transaction(tenant.id) as session:
        await EntitlementService.within(session).grant("SMALL", {"customers": most})
        await reconcile(session, limits_of([module]))


async def test_all_of_many_customers_fit_or_none_is_made(
    database: Database, tenant: Tenant
) -> None:
    await limited(database, tenant, 3)
    async with database.transaction(tenant.id) as session:
        service = CustomerService.within(session)
        await service.create_many(customers(2))

        with pytest.raises(LimitReachedError) as refused:
            await service.create_many(customers(2))
        last = await service.create_many(customers(1))

    assert refused.value.details["used"] == 2
    assert len(last) == 1


async def test_merging_two_customers_makes_room_for_one(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        kept, merged = await CustomerService.within(session).create_many(customers(2))
    await limited(database, tenant, 2)

    async with database.transaction(tenant.id) as session:
        with pytest.raises(LimitReachedError):
            await CustomerService.within(session).create_many(customers(1))
        await MergeService(session).merge(kept.id, merged.id)
        made = await CustomerService.within(session).create_many(customers(1))

    assert len(made) == 1
    async with database.transaction(tenant.id) as session:
        assert await reconcile(session, limits_of([module])) == {}


async def forgotten(database: Database, tenant: Tenant, customer_id: UUID) -> None:
    async with database.transaction(tenant.id) as session:
        await personal_data.erase(session, await person_of(session, customer_id))


async def test_who_is_forgotten_makes_room_for_one_also_when_two_want_it_at_once(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        first, _ = await CustomerService.within(session).create_many(customers(2))
    await limited(database, tenant, 2)
    await forgotten(database, tenant, first.id)
    await forgotten(database, tenant, first.id)  # a second time makes no second place

    async def is_made() -> bool:
        async with database.transaction(tenant.id) as session:
            try:
                await CustomerService.within(session).create_many(customers(1))
            except LimitReachedError:
                return False
        return True

    made = await asyncio.gather(*(is_made() for _ in range(3)))

    assert sorted(made) == [False, False, True]
    async with database.transaction(tenant.id) as session:
        assert await reconcile(session, limits_of([module])) == {}


async def test_who_was_forgotten_does_not_become_somebody_else(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        gone, other = await CustomerService.within(session).create_many(customers(2))
    await forgotten(database, tenant, gone.id)

    async with database.transaction(tenant.id) as session:
        with pytest.raises(CustomerErasedError):
            await CustomerService.within(session).change(gone.id, {"name": "Somebody"})
        with pytest.raises(CustomerErasedError):
            await MergeService(session).merge(other.id, gone.id)


async def test_who_has_left_counts_because_they_may_come_back(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        service = CustomerService.within(session)
        gone = await service.create(NewCustomer(name="Gone", state=CustomerState.ACTIVE))
        await service.move(gone.id, CustomerState.CHURNED, Reason.CUSTOMER_REQUEST)
    await limited(database, tenant, 1)

    async with database.transaction(tenant.id) as session:
        with pytest.raises(LimitReachedError):
            await CustomerService.within(session).create_many(customers(1))
