from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy.sql import text

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.idempotency import (
    Fingerprint,
    IdempotencyInProgressError,
    IdempotencyKeyReusedError,
    InvalidIdempotencyKeyError,
    StoredResponse,
    begin,
    expire,
    expire_keys,
    finish,
    forget,
)
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.testing import Tenant

PAY = Fingerprint.of("user:7", "POST", "/api/v1/payments", b'{"amount": 5}')
CREATED = StoredResponse(201, b'{"data": {"id": 1}}', "application/json")


async def pay(
    database: Database, tenant_id: UUID, fingerprint: Fingerprint = PAY
) -> StoredResponse:
    """What a gateway does with a request: the stored answer, or work and its answer."""
    async with database.transaction(tenant_id) as session:
        stored = await begin(session, "key-1", fingerprint)
        if stored is not None:
            return stored
        await session.execute(
            text("INSERT INTO core.cache (key, expires_at) VALUES (gen_random_uuid()::text, now())")
        )
        await finish(session, "key-1", fingerprint, CREATED)
        return CREATED


async def work_done(database: Database, tenant: Tenant) -> int:
    async with database.read(tenant.id) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM core.cache"))


async def test_the_same_request_gets_the_first_answer_again(
    database: Database, tenant: Tenant
) -> None:
    assert await pay(database, tenant.id) == CREATED
    assert await pay(database, tenant.id) == CREATED
    assert await work_done(database, tenant) == 1


@pytest.mark.parametrize(
    "other",
    [
        Fingerprint.of("user:7", "POST", "/api/v1/payments", b'{"amount": 6}'),
        Fingerprint.of("user:7", "POST", "/api/v1/refunds", b'{"amount": 5}'),
    ],
)
async def test_a_key_sent_with_another_request_is_refused(
    database: Database, tenant: Tenant, other: Fingerprint
) -> None:
    await pay(database, tenant.id)

    with pytest.raises(IdempotencyKeyReusedError) as refusal:
        await pay(database, tenant.id, other)

    assert (refusal.value.code, refusal.value.status) == ("IDEMPOTENCY_KEY_REUSED", 409)


async def test_a_key_belongs_to_its_principal_and_tenant(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    await pay(database, tenant.id)

    await pay(database, tenant.id, Fingerprint.of("user:8", "POST", "/api/v1/payments", b"x"))
    await pay(database, second_tenant.id)

    assert await work_done(database, tenant) == 2
    assert await work_done(database, second_tenant) == 1


async def test_a_second_request_waits_for_the_first_and_gets_its_answer(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        assert await begin(session, "key-1", PAY) is None
        second = asyncio.create_task(pay(database, tenant.id))
        await waiting(database, 1)
        assert not second.done()
        await finish(session, "key-1", PAY, CREATED)

    assert await second == CREATED
    assert await work_done(database, tenant) == 0


async def test_ten_at_once_do_the_work_once(database: Database, tenant: Tenant) -> None:
    answers = await asyncio.gather(*(pay(database, tenant.id) for _ in range(10)))

    assert answers == [CREATED] * 10
    assert await work_done(database, tenant) == 1


async def test_when_the_first_fails_the_second_does_the_work(
    database: Database, tenant: Tenant
) -> None:
    waiters: list[asyncio.Task[StoredResponse]] = []

    async def fail() -> None:
        async with database.transaction(tenant.id) as session:
            await begin(session, "key-1", PAY)
            waiters.append(asyncio.create_task(pay(database, tenant.id)))
            await waiting(database, 1)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await fail()

    assert await waiters[0] == CREATED
    assert await work_done(database, tenant) == 1


async def test_waiting_for_the_first_has_an_end(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        await begin(session, "key-1", PAY)

        with pytest.raises(IdempotencyInProgressError):
            async with database.transaction(tenant.id) as second:
                await begin(second, "key-1", PAY, wait_seconds=1)


async def test_the_limit_of_waiting_does_not_outlive_the_claim(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await begin(session, "key-1", PAY, wait_seconds=1)

        assert await session.scalar(text("SHOW lock_timeout")) == "0"


async def test_work_over_several_transactions_is_in_progress_until_it_is_finished(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await begin(session, "key-1", PAY)

    with pytest.raises(IdempotencyInProgressError):
        await pay(database, tenant.id)

    async with database.transaction(tenant.id) as session:
        await forget(session, "key-1", PAY)
    assert await pay(database, tenant.id) == CREATED


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\nb", "a\x00"])
async def test_an_unusable_key_is_refused(database: Database, tenant: Tenant, key: str) -> None:
    async with database.transaction(tenant.id) as session:
        with pytest.raises(InvalidIdempotencyKeyError):
            await begin(session, key, PAY)


async def test_a_key_is_forgotten_after_a_day(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    await pay(database, tenant.id)
    clock.advance(hours=24)
    async with database.transaction(tenant.id) as session:
        assert await expire(session) == 0
    clock.advance(seconds=1)

    async def extend_lease() -> None: ...

    await expire_keys.run(JobContext(database, clock, {}, tenant.id, 1, extend_lease))

    await pay(database, tenant.id)
    assert await work_done(database, tenant) == 2


async def waiting(database: Database, count: int) -> None:
    """Return when `count` claims of keys wait for another transaction's end."""
    async with asyncio.timeout(10), database.relay() as session:
        query = text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted "
            "AND pid IN (SELECT pid FROM pg_locks "
            "WHERE relation = to_regclass('core.idempotency_keys') AND granted)"
        )
        while True:
            if (await session.scalar(query) or 0) >= count:
                return
