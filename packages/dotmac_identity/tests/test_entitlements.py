from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Limit
from dotmac_core_ops.testing import Tenant
from dotmac_identity import (
    UNLIMITED,
    EntitlementService,
    LimitReachedError,
    Override,
    UserService,
    entitlements_of_tenant,
    module,
    reconcile,
    release,
    take,
)
from dotmac_identity.entitlements.errors import UnknownTierError
from dotmac_identity.entitlements.granted import Feature, entitlements
from dotmac_identity.testing import PASSWORD, Organisation

TODAY = date(2026, 11, 20)
PROFESSIONAL: dict[str, Feature] = {
    "tier": "professional",
    "users": 3,
    "plants": UNLIMITED,
    "spc_charts": True,
    "bi_dashboards": False,
    "support": "e-mail",
}


@pytest.mark.parametrize(
    ("tier", "has"), [("starter", True), ("professional", True), ("enterprise", False)]
)
def test_a_tier_contains_those_below(tier: str, has: bool) -> None:
    assert entitlements("PRO", PROFESSIONAL, [], TODAY).has_tier(tier) is has


def test_a_tier_that_does_not_exist_is_a_mistake_of_the_program() -> None:
    with pytest.raises(UnknownTierError):
        entitlements(None, None, [], TODAY).has_tier("gold")


def test_what_a_plan_says() -> None:
    granted = entitlements("PRO", PROFESSIONAL, [], TODAY)

    assert granted.features == {"users", "plants", "spc_charts", "support"}
    assert [granted.limit_of(name) for name in ("users", "plants", "moons")] == [3, -1, -1]
    assert granted.words == {"support": "e-mail"}


def test_where_nothing_is_granted_everything_is_allowed() -> None:
    free = entitlements(None, None, [Override("users", 1, "agreed")], TODAY)

    assert free.has_tier("enterprise")
    assert free.has_feature("anything")
    assert free.limit_of("users") == UNLIMITED


@pytest.mark.parametrize(
    ("override", "limit"),
    [
        (Override("users", 9, "pilot"), 9),
        (Override("users", 9, "pilot", TODAY + timedelta(days=1)), 9),
        (Override("users", 9, "pilot", TODAY), 3),
        (Override("users", -5, "all"), UNLIMITED),
    ],
)
def test_an_override_goes_before_the_plan_until_it_ends(override: Override, limit: int) -> None:
    assert entitlements("PRO", PROFESSIONAL, [override], TODAY).limit_of("users") == limit


async def granted(database: Database, tenant: Tenant, **features: Feature) -> None:
    async with database.transaction(tenant.id) as session:
        await EntitlementService.within(session).grant("PRO", {**PROFESSIONAL, **features})


async def noted(database: Database, tenant: Tenant, name: str) -> int:
    async with database.transaction(tenant.id) as session:
        found = await session.scalar(
            text("SELECT used FROM identity.limit_uses WHERE name = :name"), {"name": name}
        )
    return int(found or 0)


async def test_a_limit_holds_in_the_transaction_that_would_break_it(
    database: Database, tenant: Tenant
) -> None:
    await granted(database, tenant, boxes=2)

    async with database.transaction(tenant.id) as session:
        await take(session, "boxes", 2)
        with pytest.raises(LimitReachedError) as refused:
            await take(session, "boxes")
        await release(session, "boxes")
        await take(session, "boxes")

    assert refused.value.details == {
        "limit_name": "boxes",
        "limit": 2,
        "used": 2,
        "wanted": 1,
        "tier": "professional",
    }
    assert await noted(database, tenant, "boxes") == 2


async def test_of_two_at_once_one_gets_the_last(database: Database, tenant: Tenant) -> None:
    await granted(database, tenant, boxes=1)
    first_has_it, may_end = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with database.transaction(tenant.id) as session:
            await take(session, "boxes")
            first_has_it.set()
            await may_end.wait()

    async def second() -> None:
        await first_has_it.wait()
        async with database.transaction(tenant.id) as session:
            await take(session, "boxes")

    race = [asyncio.create_task(first()), asyncio.create_task(second())]
    await first_has_it.wait()
    await waits_for_a_lock(database, tenant)
    may_end.set()
    ended = await asyncio.gather(*race, return_exceptions=True)

    assert [type(one) for one in ended] == [type(None), LimitReachedError]
    assert await noted(database, tenant, "boxes") == 1


async def test_twenty_at_once_make_no_more_than_allowed(database: Database, tenant: Tenant) -> None:
    await granted(database, tenant, boxes=7)

    async def one() -> None:
        async with database.transaction(tenant.id) as session:
            await take(session, "boxes")

    ended = await asyncio.gather(*(one() for _ in range(20)), return_exceptions=True)

    assert sum(end is None for end in ended) == 7
    assert await noted(database, tenant, "boxes") == 7


async def test_what_is_rolled_back_is_not_used(database: Database, tenant: Tenant) -> None:
    await granted(database, tenant, boxes=1)

    async def fails() -> None:
        async with database.transaction(tenant.id) as session:
            await take(session, "boxes")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()

    assert await noted(database, tenant, "boxes") == 0


async def test_the_check_finds_and_mends_a_wrong_count(database: Database, tenant: Tenant) -> None:
    async def three(_: AsyncSession) -> int:
        return 3

    async with database.transaction(tenant.id) as session:
        await take(session, "boxes", 5)
        wrong = await reconcile(session, [Limit("boxes", "Boxes.", three)])
        again = await reconcile(session, [Limit("boxes", "Boxes.", three)])

    assert (wrong, again) == ({"boxes": (5, 3)}, {})


async def test_users_are_counted_as_they_come_and_go(organisation: Organisation) -> None:
    database, tenant = organisation.database, organisation.profile
    async with database.transaction(tenant.id) as session:
        await EntitlementService.within(session).grant("PRO", {**PROFESSIONAL, "users": 2})
    emil = await organisation.employs("emil", "viewer")

    with pytest.raises(LimitReachedError):
        await organisation.employs("anna", "viewer")

    async with database.transaction(tenant.id) as session:
        users = UserService.within(session, organisation.passwords)
        await users.deactivate(emil.id)
        await users.create(email="a@b.se", name="A", password=PASSWORD, roles=["viewer"])
        with pytest.raises(LimitReachedError):
            await users.activate(emil.id)
        assert await reconcile(session, module.limits) == {}


async def test_an_override_ends_on_its_day(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    await granted(database, tenant)
    async with database.transaction(tenant.id) as session:
        await EntitlementService.within(session).override(
            "users", 50, reason="Pilot.", ends_on=TODAY + timedelta(days=10)
        )

    async def limit() -> int:
        async with database.transaction(tenant.id) as session:
            return (await entitlements_of_tenant(session)).limit_of("users")

    assert await limit() == 50
    clock.advance(days=10)
    assert await limit() == 3


async def waits_for_a_lock(database: Database, tenant: Tenant) -> None:
    """Until PostgreSQL says that somebody waits for the row."""
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
    )
    for _ in range(2000):
        async with database.transaction(tenant.id) as session:
            if await session.scalar(waiting):
                return
    pytest.fail("nobody waits")
