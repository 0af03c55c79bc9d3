"""One contract for both backends. Two stores stand for two processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from dotmac_core_ops.cache import CacheStore, TenantCache, open_cache, purge_cache
from dotmac_core_ops.cache import postgres as postgres_backend
from dotmac_core_ops.cache import redis as redis_backend
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.testing import Tenant


@dataclass
class Stores:
    """The caches of one tenant in two processes, and time."""

    kind: str
    here: CacheStore
    there: CacheStore
    tenant: Tenant
    let_pass: Callable[[int], Awaitable[None]]

    @property
    def cache(self) -> TenantCache:
        return self.here.of(self.tenant.id)

    @property
    def elsewhere(self) -> TenantCache:
        return self.there.of(self.tenant.id)


@pytest.fixture(params=["postgres", pytest.param("redis", marks=pytest.mark.integration)])
async def stores(
    request: pytest.FixtureRequest, database: Database, clock: FrozenClock, tenant: Tenant
) -> AsyncIterator[Stores]:
    url = request.getfixturevalue("redis_url") if request.param == "redis" else None
    client = Redis.from_url(url) if url else None

    async def let_pass(seconds: int) -> None:
        if client is None:
            clock.advance(seconds=seconds)
            return
        for key in await client.keys():
            left = await client.pttl(key)
            await client.pexpire(key, max(left - 1000 * seconds, 0))

    here, there = (open_cache(database, redis_url=url) for _ in range(2))
    yield Stores(request.param, here, there, tenant, let_pass)
    await here.close()
    await there.close()
    if client is not None:
        await client.aclose()


class Computation:
    """Counts how often it is done; goes on only when released."""

    def __init__(self, value: bytes = b"computed", *, released: bool = True) -> None:
        self.value = value
        self.times = 0
        self.begun = asyncio.Event()
        self.release = asyncio.Event()
        if released:
            self.release.set()

    async def __call__(self) -> bytes:
        self.times += 1
        self.begun.set()
        await self.release.wait()
        return self.value


async def test_what_was_set_can_be_had_until_it_is_deleted(stores: Stores) -> None:
    assert await stores.cache.get("a") is None

    await stores.cache.set("a", b"\x00\xff")
    await stores.cache.set("b", b"1")
    await stores.cache.set("b", b"2")

    assert await stores.elsewhere.get("a") == b"\x00\xff"
    assert await stores.elsewhere.get("b") == b"2"
    await stores.elsewhere.delete("a", "b", "never-set")
    assert await stores.cache.get("a") is None
    assert await stores.cache.get("b") is None


async def test_a_value_expires(stores: Stores) -> None:
    await stores.cache.set("a", b"1", ttl=60)

    await stores.let_pass(50)
    assert await stores.cache.get("a") == b"1"

    await stores.let_pass(11)
    assert await stores.cache.get("a") is None


async def test_a_computed_value_expires_too(stores: Stores) -> None:
    compute = Computation()
    await stores.cache.remember("a", compute, ttl=60)
    await stores.cache.remember("a", compute, ttl=60)
    assert compute.times == 1

    await stores.let_pass(61)
    await stores.cache.remember("a", compute, ttl=60)

    assert compute.times == 2


async def test_tenants_do_not_see_each_others_values(stores: Stores, second_tenant: Tenant) -> None:
    await stores.cache.set("a", b"mine")
    theirs = stores.here.of(second_tenant.id)

    assert await theirs.get("a") is None
    await theirs.set("a", b"theirs")
    await theirs.delete("a")

    assert await stores.cache.get("a") == b"mine"


async def test_many_who_miss_at_once_in_two_processes_compute_once(stores: Stores) -> None:
    compute = Computation(released=False)

    callers = [
        asyncio.create_task(cache.remember("a", compute))
        for cache in (stores.cache, stores.elsewhere) * 20
    ]
    await compute.begun.wait()
    # A round trip on each store: by then all callers have missed and wait.
    await stores.cache.get("b")
    await stores.elsewhere.get("b")
    compute.release.set()

    assert await asyncio.gather(*callers) == [b"computed"] * 40
    assert compute.times == 1


async def test_different_keys_are_computed_side_by_side(stores: Stores) -> None:
    computes = [Computation(str(n).encode(), released=False) for n in range(12)]

    callers = [
        asyncio.create_task(stores.cache.remember(f"key-{n}", compute))
        for n, compute in enumerate(computes)
    ]
    for compute in computes:
        await compute.begun.wait()
    for compute in computes:
        compute.release.set()

    assert await asyncio.gather(*callers) == [str(n).encode() for n in range(12)]


async def test_a_result_whose_key_was_deleted_meanwhile_is_not_kept(stores: Stores) -> None:
    old = Computation(b"old", released=False)
    caller = asyncio.create_task(stores.cache.remember("a", old))
    await old.begun.wait()

    await stores.elsewhere.delete("a")
    old.release.set()

    assert await caller == b"old"
    assert await stores.cache.get("a") is None


async def test_who_asks_after_a_deletion_does_not_get_what_was_begun_before(
    stores: Stores,
) -> None:
    old, new = Computation(b"old", released=False), Computation(b"new")
    before = asyncio.create_task(stores.cache.remember("a", old))
    await old.begun.wait()
    await stores.cache.delete("a")

    after = asyncio.create_task(stores.cache.remember("a", new))
    await stores.elsewhere.get("b")
    old.release.set()

    assert await before == b"old"
    assert await after == b"new"
    assert await stores.cache.get("a") == b"new"


async def test_a_failure_reaches_all_who_wait_and_is_not_kept(stores: Stores) -> None:
    started, go = asyncio.Event(), asyncio.Event()

    async def fail() -> bytes:
        started.set()
        await go.wait()
        raise LookupError("no such customer")

    callers = [asyncio.create_task(stores.cache.remember("a", fail)) for _ in range(3)]
    await started.wait()
    go.set()
    results = await asyncio.gather(*callers, return_exceptions=True)

    assert [type(result) for result in results] == [LookupError] * 3
    assert await stores.cache.remember("a", Computation(b"found")) == b"found"


async def test_when_the_one_who_computes_is_cancelled_another_takes_over(stores: Stores) -> None:
    compute = Computation(released=False)
    leader = asyncio.create_task(stores.cache.remember("a", compute))
    await compute.begun.wait()
    follower = asyncio.create_task(stores.cache.remember("a", compute))
    await stores.elsewhere.get("b")

    leader.cancel()
    compute.release.set()

    assert await follower == b"computed"
    assert leader.cancelled()
    assert await stores.elsewhere.get("a") == b"computed"


async def test_when_a_process_dies_while_computing_another_takes_over(stores: Stores) -> None:
    turn = stores.there.backend.turn(stores.tenant.id, "a")
    await turn.__aenter__()
    if isinstance(stores.there.backend, postgres_backend.PostgresCache):
        assert stores.there.backend._pool is not None
        stores.there.backend._pool.terminate()
        stores.there.backend._pool = None
    await stores.let_pass(redis_backend._LEASE_SECONDS + 1)

    assert await stores.cache.remember("a", Computation()) == b"computed"

    assert await stores.cache.get("a") == b"computed"


async def test_waiting_for_another_process_has_an_end(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_backend, "WAIT_SECONDS", 1)
    monkeypatch.setattr(redis_backend, "WAIT_SECONDS", 1)
    slow = Computation(b"slow", released=False)
    caller = asyncio.create_task(stores.elsewhere.remember("a", slow))
    await slow.begun.wait()

    assert await stores.cache.remember("a", Computation(b"quick")) == b"quick"

    assert await stores.cache.get("a") is None
    slow.release.set()
    assert await caller == b"slow"


async def test_expired_values_are_purged_and_others_stay(
    database: Database, clock: FrozenClock, tenant: Tenant
) -> None:
    store = open_cache(database)
    await store.of(tenant.id).set("short", b"1", ttl=10)
    await store.of(tenant.id).set("long", b"1", ttl=100)
    clock.advance(seconds=10)

    async def extend_lease() -> None: ...

    await purge_cache.run(JobContext(database, clock, {}, tenant.id, 1, extend_lease))

    async with database.read(tenant.id) as connection:
        kept = await connection.fetch("SELECT key FROM core.cache")
    assert [row["key"] for row in kept] == ["long"]
    await store.close()


@pytest.fixture(params=["postgres", "redis"])
async def nowhere(request: pytest.FixtureRequest) -> AsyncIterator[CacheStore]:
    """A cache whose server does not answer."""
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    store = open_cache(
        database, redis_url="redis://127.0.0.1:1/0" if request.param == "redis" else None
    )
    yield store
    await store.close()
    await database.close()


async def test_without_its_server_the_cache_is_empty_and_work_goes_on(
    nowhere: CacheStore, tenant: Tenant
) -> None:
    cache = nowhere.of(tenant.id)
    compute = Computation()

    await cache.set("a", b"1")
    await cache.delete("a")

    assert await cache.get("a") is None
    assert await cache.remember("a", compute) == b"computed"
    assert compute.times == 1


async def test_a_life_of_zero_seconds_switches_the_cache_off(stores: Stores) -> None:
    compute = Computation()
    await stores.cache.set("a", b"1", ttl=0)

    await stores.cache.remember("a", compute, ttl=0)
    await stores.cache.remember("a", compute, ttl=0)

    assert compute.times == 2
