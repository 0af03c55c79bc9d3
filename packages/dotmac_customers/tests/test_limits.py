"""A plan may limit how many customers a tenant has; without a limit nobody counts as they go."""

from __future__ import annotations

import pytest

from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerService, NewCustomer, module
from dotmac_customers.merging.service import MergeService
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
