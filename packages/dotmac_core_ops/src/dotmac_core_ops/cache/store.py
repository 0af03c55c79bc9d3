"""The cache that services hold: one tenant's results, each computed once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import await_only

from dotmac_core_ops.cache.backend import WAIT_SECONDS, CacheBackend, CacheUnavailableError
from dotmac_core_ops.cache.postgres import PostgresCache
from dotmac_core_ops.database import Database
from dotmac_core_ops.logging import get_logger

_log = get_logger(__name__)
_DELETIONS = "cache_deletions"

Compute = Callable[[], Awaitable[bytes]]


class Cache(Protocol):
    """Results of one tenant, by key. A cache that cannot be reached is an empty one."""

    default_ttl: int

    async def get(self, key: str) -> bytes | None:
        """The value under `key`, None when there is none (any more)."""
        ...

    async def set(self, key: str, value: bytes, *, ttl: int | None = None) -> None:
        """Keep `value` for `ttl` seconds (the default when None; 0 keeps nothing)."""
        ...

    async def delete(self, *keys: str) -> None:
        """Forget the values; results that are being computed at this moment are not kept either."""
        ...

    async def remember(self, key: str, compute: Compute, *, ttl: int | None = None) -> bytes:
        """The value under `key`; when there is none, what `compute` returns, which is then kept.

        Of many callers that miss at once, in this process or others, one computes and the others
        wait for it. What `compute` raises reaches all who waited in this process.
        """
        ...


class CacheStore:
    """The process's cache; `of(tenant_id)` is what services get."""

    def __init__(self, backend: CacheBackend, *, default_ttl: int = 300) -> None:
        self.backend = backend
        self.default_ttl = default_ttl
        self.flights: dict[tuple[UUID, str], asyncio.Future[bytes]] = {}

    def of(self, tenant_id: UUID) -> TenantCache:
        """The results of `tenant_id`."""
        return TenantCache(self, tenant_id)

    async def close(self) -> None:
        """Give the connections back."""
        await self.backend.close()


def open_cache(
    database: Database, *, redis_url: str | None = None, default_ttl: int = 300
) -> CacheStore:
    """The cache in Redis if `redis_url` is given, else in PostgreSQL; connects when first used."""
    backend: CacheBackend = PostgresCache(database)
    if redis_url:
        from dotmac_core_ops.cache.redis import RedisCache  # noqa: PLC0415 - an extra, maybe absent

        backend = RedisCache(redis_url)
    return CacheStore(backend, default_ttl=default_ttl)


class TenantCache:
    """One tenant's part of the store."""

    def __init__(self, store: CacheStore, tenant_id: UUID) -> None:
        self._store = store
        self._tenant_id = tenant_id
        self.default_ttl = store.default_ttl

    def within(self, session: AsyncSession) -> TransactionCache:
        """This cache as the session's transaction must use it: see `TransactionCache`."""
        return TransactionCache(self, session)

    async def get(self, key: str) -> bytes | None:
        """The value under `key`, None when there is none (any more)."""
        try:
            return await self._store.backend.read(self._tenant_id, key)
        except CacheUnavailableError as error:
            _log.warning("cache unavailable", reason=str(error))
            return None

    async def set(self, key: str, value: bytes, *, ttl: int | None = None) -> None:
        """Keep `value` for `ttl` seconds (the default when None; 0 keeps nothing)."""
        seconds = self.default_ttl if ttl is None else ttl
        if seconds <= 0:
            return
        try:
            await self._store.backend.write(self._tenant_id, key, value, seconds)
        except CacheUnavailableError as error:
            _log.warning("cache unavailable", reason=str(error))

    async def delete(self, *keys: str) -> None:
        """Forget the values; results that are being computed at this moment are not kept either."""
        for key in keys:
            # Who asks from now on must not get what was begun before.
            self._store.flights.pop((self._tenant_id, key), None)
        try:
            await self._store.backend.remove(self._tenant_id, keys)
        except CacheUnavailableError as error:
            _log.warning("cache unavailable, values may be stale", keys=keys, reason=str(error))

    async def remember(self, key: str, compute: Compute, *, ttl: int | None = None) -> bytes:
        """The value under `key`; when there is none, what `compute` returns, which is then kept."""
        seconds = self.default_ttl if ttl is None else ttl
        if seconds <= 0:
            return await compute()
        while True:
            found = await self.get(key)
            if found is not None:
                return found
            flight = self._store.flights.get((self._tenant_id, key))
            if flight is None:
                return await self._lead(key, compute, seconds)
            try:
                return await asyncio.wait_for(asyncio.shield(flight), WAIT_SECONDS)
            except TimeoutError:
                # Who leads may be waiting for something that we hold, such as a connection.
                return await compute()
            except asyncio.CancelledError:
                if _cancelled() or not flight.cancelled():
                    raise
                # It was not us who were cancelled but who led: begin again.

    async def _lead(self, key: str, compute: Compute, ttl: int) -> bytes:
        """Compute for everybody in this process who asks meanwhile."""
        flights, place = self._store.flights, (self._tenant_id, key)
        flight = flights[place] = asyncio.get_running_loop().create_future()
        try:
            value = await self._computed(key, compute, ttl)
            flight.set_result(value)
        except Exception as error:
            flight.set_exception(error)
            flight.exception()  # marks it as seen, should nobody wait for it
            raise
        finally:
            flight.cancel()  # does nothing to one that is done
            if flights.get(place) is flight:
                del flights[place]
        return value

    async def _computed(self, key: str, compute: Compute, ttl: int) -> bytes:
        """What another process computed while we waited, else what `compute` returns."""
        value: bytes | None = None
        try:
            async with self._store.backend.turn(self._tenant_id, key) as turn:
                value = await self._store.backend.read(self._tenant_id, key)
                if value is None:
                    value = await compute()
                    await turn.keep(value, ttl)
        except CacheUnavailableError as error:
            _log.warning("cache unavailable", reason=str(error))
        return await compute() if value is None else value


class TransactionCache:
    """A tenant's cache inside a transaction that may change what is cached.

    `delete` takes effect at once and again after the commit: a result that someone computed in
    between, from the data before the commit, does not stay. What this transaction deleted it
    computes itself from then on, and keeps nothing of it: others must not see what may never be.
    """

    def __init__(self, cache: TenantCache, session: AsyncSession) -> None:
        self._cache = cache
        self._session = session
        self._changed: set[str] = set()
        self.default_ttl = cache.default_ttl

    async def get(self, key: str) -> bytes | None:
        """The value under `key`, None when there is none or this transaction deleted it."""
        return None if key in self._changed else await self._cache.get(key)

    async def set(self, key: str, value: bytes, *, ttl: int | None = None) -> None:
        """Keep `value`, unless this transaction deleted the key."""
        if key not in self._changed:
            await self._cache.set(key, value, ttl=ttl)

    async def delete(self, *keys: str) -> None:
        """Forget the values now and, in case they came back, after the commit."""
        self._changed.update(keys)
        _delete_after_commit(self._session, self._cache, keys)
        await self._cache.delete(*keys)

    async def remember(self, key: str, compute: Compute, *, ttl: int | None = None) -> bytes:
        """As `Cache.remember`; a key that this transaction deleted is computed and not kept."""
        if key in self._changed:
            return await compute()
        return await self._cache.remember(key, compute, ttl=ttl)


def _delete_after_commit(session: AsyncSession, cache: TenantCache, keys: tuple[str, ...]) -> None:
    pending: dict[TenantCache, set[str]] | None = session.info.get(_DELETIONS)
    if pending is None:
        pending = session.info[_DELETIONS] = {}
        event.listen(session.sync_session, "after_commit", _delete_pending)
    pending.setdefault(cache, set()).update(keys)


def _delete_pending(session: Session) -> None:
    # Also called when a savepoint ends, where it is early but does no harm: nothing is taken off
    # the list. A session lives for one transaction.
    pending: dict[TenantCache, set[str]] = session.info[_DELETIONS]
    for cache, keys in pending.items():
        await_only(cache.delete(*keys))


def _cancelled() -> bool:
    task: asyncio.Task[Any] | None = asyncio.current_task()
    return task is not None and task.cancelling() > 0
