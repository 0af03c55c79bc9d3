from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.sql import text

from dotmac_core_ops.clock import FrozenClock, SystemClock
from dotmac_core_ops.database import (
    Database,
    TenantNotBoundError,
    bind_tenant,
    clock_of,
    driver_connection,
    new_id,
    new_ids,
    sqlstate,
    tenant_of,
)
from dotmac_core_ops.testing import Tenant

BOUND = text("SELECT core.current_tenant()")
ADD = text("INSERT INTO core.cache (key, value, expires_at) VALUES (:key, '0', now())")
COUNT = "SELECT count(*) FROM core.cache"
RAISE = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{}'; END $$"


@pytest.fixture
async def single(database_url: str) -> AsyncIterator[Database]:
    """Reached over one connection, used again and again; statements end after a second."""
    opened = Database(database_url, pool_size=1, statement_timeout_seconds=1)
    yield opened
    await opened.close()


async def rows(database: Database, tenant: Tenant) -> int:
    async with database.read(tenant.id) as connection:
        return int(await connection.fetchval(COUNT))


async def test_a_transaction_is_committed_at_its_end(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        await session.execute(ADD, {"key": "a"})
        assert await rows(database, tenant) == 0

    assert await rows(database, tenant) == 1


async def test_a_transaction_that_raises_leaves_nothing(database: Database, tenant: Tenant) -> None:
    async def fail() -> None:
        async with database.transaction(tenant.id) as session:
            await session.execute(ADD, {"key": "a"})
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await fail()

    assert await rows(database, tenant) == 0


async def test_a_session_knows_its_tenant_and_clock(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    async with database.transaction(tenant.id) as session:
        assert tenant_of(session) == tenant.id
        assert clock_of(session) is clock
        assert await session.scalar(BOUND) == tenant.id


async def test_a_session_without_a_tenant_cannot_be_used(database: Database) -> None:
    async with database._sessions() as session:
        with pytest.raises(TenantNotBoundError):
            tenant_of(session)
        with pytest.raises(TenantNotBoundError):
            await session.execute(text("SELECT 1"))


async def test_a_connection_used_again_is_bound_to_nobody(single: Database, tenant: Tenant) -> None:
    async with single.transaction(tenant.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM core.tenants")) == 1

    async with single._app.connect() as connection:
        # Not NULL, as on a new connection: the setting exists now, and is empty.
        assert await connection.scalar(text("SELECT current_setting('app.tenant_id', true)")) == ""
        assert await connection.scalar(BOUND) is None
        assert await connection.scalar(text("SELECT count(*) FROM core.tenants")) == 0


async def test_tenants_taking_turns_on_one_connection_see_their_own(
    single: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    async def own(tenant_id: UUID) -> bool:
        async with single.transaction(tenant_id) as session:
            seen = (await session.execute(text("SELECT id FROM core.tenants"))).scalars().all()
            return list(seen) == [tenant_id]

    assert all(await asyncio.gather(*(own(t.id) for t in (tenant, second_tenant) * 10)))


async def test_the_tenant_that_is_bound_must_be_an_id(database: Database) -> None:
    with pytest.raises(ValueError, match="badly formed"):
        async with database.transaction("x'; DROP TABLE core.tenants; --") as session:  # type: ignore[arg-type] # an attack
            await session.execute(text("SELECT 1"))


async def test_a_statement_that_takes_too_long_is_stopped(single: Database, tenant: Tenant) -> None:
    async with single.transaction(tenant.id) as session:
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(text("SELECT pg_sleep(30)"))

    assert sqlstate(refusal.value) == "57014"


async def test_reads_are_bound_to_their_tenant_and_cannot_write(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await session.execute(ADD, {"key": "a"})

    async with database.read(second_tenant.id) as connection:
        assert await connection.fetchval(COUNT) == 0
    async with database.read(tenant.id) as connection:
        assert await connection.fetchval(COUNT) == 1
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await connection.execute("DELETE FROM core.cache")

    assert await rows(database, tenant) == 1


async def test_a_read_that_failed_does_not_spoil_the_next(single: Database, tenant: Tenant) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with single.read(tenant.id) as connection:
            await connection.fetch("SELECT * FROM core.nowhere")

    async with single.read(tenant.id) as connection:
        assert await connection.fetchval("SELECT core.current_tenant()") == tenant.id


async def test_the_relay_sees_all_tenants_and_nothing_of_theirs(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    async with database.relay() as session:
        listed = set((await session.execute(text("SELECT id FROM core.tenants"))).scalars())
        assert {tenant.id, second_tenant.id} <= listed
        with pytest.raises(DBAPIError) as refusal:
            await session.execute(text("SELECT * FROM core.audit_log"))

    assert sqlstate(refusal.value) == "42501"


async def test_work_that_deadlocks_is_done_again(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        for key in ("a", "b"):
            await session.execute(ADD, {"key": key})
    met = asyncio.Barrier(2)
    attempts = 0

    async def add_to(first: str, second: str) -> None:
        async def work(session: AsyncSession) -> None:
            nonlocal attempts
            attempts += 1
            add = text("UPDATE core.cache SET value = value || '+' WHERE key = :key")
            await session.execute(add, {"key": first})
            if attempts <= 2:
                await met.wait()  # now each holds what the other one wants
            await session.execute(add, {"key": second})

        await database.run(tenant.id, work)

    await asyncio.gather(add_to("a", "b"), add_to("b", "a"))

    async with database.read(tenant.id) as connection:
        assert await connection.fetchval("SELECT min(length(value)) FROM core.cache") == 3
    assert attempts == 3


async def test_work_that_cannot_be_serialised_is_done_again(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await session.execute(ADD, {"key": "a"})
    met = asyncio.Barrier(2)
    attempts = 0

    async def count_up(session: AsyncSession) -> None:
        nonlocal attempts
        attempts += 1
        await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        value = await session.scalar(text("SELECT value FROM core.cache"))
        if attempts <= 2:
            await met.wait()
        change = text("UPDATE core.cache SET value = :value")
        await session.execute(change, {"value": (value or b"") + b"+"})

    await asyncio.gather(*(database.run(tenant.id, count_up) for _ in range(2)))

    async with database.read(tenant.id) as connection:
        assert await connection.fetchval("SELECT value FROM core.cache") == b"0++"
    assert attempts == 3


@pytest.mark.parametrize("through_driver", [False, True])
async def test_work_is_not_done_again_without_end(
    database: Database, tenant: Tenant, through_driver: bool
) -> None:
    attempts = 0

    async def hopeless(session: AsyncSession) -> None:
        nonlocal attempts
        attempts += 1
        if through_driver:
            await (await driver_connection(session)).execute(RAISE.format("40P01"))
        await session.execute(text(RAISE.format("40001")))

    with pytest.raises((DBAPIError, asyncpg.DeadlockDetectedError)):
        await database.run(tenant.id, hopeless)

    assert attempts == 6


async def test_other_failures_are_not_repeated(database: Database, tenant: Tenant) -> None:
    attempts = 0

    async def work(session: AsyncSession) -> None:
        nonlocal attempts
        attempts += 1
        await session.execute(text(RAISE.format("23505")))

    with pytest.raises(DBAPIError) as refusal:
        await database.run(tenant.id, work)

    assert sqlstate(refusal.value) == "23505"
    assert attempts == 1


async def test_a_session_of_an_embedding_program_can_be_bound(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    engine = create_async_engine(
        database.url, connect_args={"server_settings": {"role": "dotmac_app"}}
    )
    async with async_sessionmaker(engine)() as session, session.begin():
        await bind_tenant(session, tenant.id)
        assert await session.scalar(BOUND) == tenant.id
        await bind_tenant(session, second_tenant.id)
        assert await session.scalar(BOUND) == second_tenant.id
        assert isinstance(clock_of(session), SystemClock)
    async with async_sessionmaker(engine)() as session:
        await bind_tenant(session, tenant.id)
        for _ in range(2):
            async with session.begin():
                assert await session.scalar(BOUND) == tenant.id
    await engine.dispose()


async def test_the_driver_connection_is_inside_the_sessions_transaction(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        connection = await driver_connection(session)
        await connection.execute("INSERT INTO core.cache (key, expires_at) VALUES ('a', now())")

        assert await session.scalar(text(COUNT)) == 1
        assert await driver_connection(session) is connection
        assert await rows(database, tenant) == 0


async def test_the_database_says_which_server_it_is_and_how_busy_the_pool(
    single: Database, tenant: Tenant
) -> None:
    assert int((await single.check()).split(".")[0]) >= 15

    async with single.transaction(tenant.id) as session:
        await session.execute(text("SELECT 1"))
        assert single.pool_status() == {"in_use": 1, "idle": 0, "size": 1}
    assert single.pool_status() == {"in_use": 0, "idle": 1, "size": 1}


def test_ids_are_versioned_unique_and_ascending() -> None:
    ids = [*(new_id() for _ in range(1000)), *new_ids(1000), new_id()]

    assert len(set(ids)) == 2001
    assert {made.version for made in ids} == {7}
    assert ids[:1000] == sorted(ids[:1000])
    assert ids[1000:2000] == sorted(ids[1000:2000])
