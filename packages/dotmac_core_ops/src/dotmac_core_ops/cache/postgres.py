"""The cache in PostgreSQL: the UNLOGGED table core.cache, and advisory locks for the turns."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

import asyncpg

from dotmac_core_ops.cache.backend import WAIT_SECONDS, CacheUnavailableError, NoTurn, Turn
from dotmac_core_ops.database import Database
from dotmac_core_ops.database.engine import RawConnection, tenant_binding

# A turn holds its connection while the caller computes, so most connections are left to the others.
_TURNS = 4
_CONNECTIONS = _TURNS + 4
_LEASE_SECONDS = 300
"""A claim is swept away after this, should nobody have kept a result under it."""

_READ = "SELECT value FROM core.cache WHERE key = $1 AND value IS NOT NULL AND expires_at > $2"
_REMOVE = "DELETE FROM core.cache WHERE key = ANY ($1)"
_KEEP = """
UPDATE core.cache SET value = $2, claim = NULL, expires_at = $3 WHERE key = $1 AND claim = $4
"""
_WRITE = """
INSERT INTO core.cache (key, value, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, key) DO UPDATE
SET value = excluded.value, claim = NULL, expires_at = excluded.expires_at
"""
# A value that came while we waited stays; then nothing is claimed.
_CLAIM = """
INSERT INTO core.cache (key, claim, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, key) DO UPDATE
SET value = NULL, claim = excluded.claim, expires_at = excluded.expires_at
WHERE cache.value IS NULL OR cache.expires_at <= $4
"""


class PostgresCache:
    """Values in a table that only their tenant can read.

    Uses connections of its own: a request that holds one of the application's and waited here for a
    second one could wait for itself.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()
        self._turns = 0

    async def read(self, tenant_id: UUID, key: str) -> bytes | None:
        """The value, None when there is none (any more)."""
        async with self._bound(tenant_id) as connection:
            value = await connection.fetchval(_READ, key, self._database.clock.now())
        assert value is None or isinstance(value, bytes)
        return value

    async def write(self, tenant_id: UUID, key: str, value: bytes, ttl: int) -> None:
        """Keep `value` for `ttl` seconds."""
        async with self._bound(tenant_id) as connection:
            await connection.execute(_WRITE, key, value, self._in(ttl))

    async def remove(self, tenant_id: UUID, keys: Sequence[str]) -> None:
        """Forget values, and void the turns of those who are computing them."""
        async with self._bound(tenant_id) as connection:
            await connection.execute(_REMOVE, list(keys))

    @asynccontextmanager
    async def turn(self, tenant_id: UUID, key: str) -> AsyncIterator[Turn]:
        """Wait, `WAIT_SECONDS` at most, until nobody else computes `key`; then be who does."""
        async with self._alone(tenant_id, key) as waited_in_vain:
            if waited_in_vain:
                yield NoTurn()
                return
            claim = uuid4()
            async with self._bound(tenant_id) as connection:
                await connection.execute(_CLAIM, key, claim, self._in(_LEASE_SECONDS), self._in(0))
            yield _Claimed(self, tenant_id, key, claim)

    async def keep(self, tenant_id: UUID, key: str, claim: UUID, value: bytes, ttl: int) -> None:
        """Keep `value` if the key still bears `claim`."""
        async with self._bound(tenant_id) as connection:
            await connection.execute(_KEEP, key, value, self._in(ttl), claim)

    @asynccontextmanager
    async def _alone(self, tenant_id: UUID, key: str) -> AsyncIterator[bool]:
        """Hold the key's lock; True when that did not come about in time.

        It takes a connection for as long as the caller computes. When too many are taken already,
        it goes on without: then two processes may compute the same, and the last one's is kept.
        """
        if self._turns >= _TURNS:
            yield False
            return
        self._turns += 1
        try:
            async with self._connection() as connection:
                lock = _lock_number(tenant_id, key)
                try:
                    await connection.execute("SELECT pg_advisory_lock($1)", lock)
                except asyncpg.LockNotAvailableError:
                    yield True
                    return
                try:
                    yield False
                finally:
                    # A connection that is lost has lost its locks as well.
                    with suppress(asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
                        await connection.execute("SELECT pg_advisory_unlock($1)", lock)
        finally:
            self._turns -= 1

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    def _in(self, seconds: int) -> datetime:
        return self._database.clock.now() + timedelta(seconds=seconds)

    @asynccontextmanager
    async def _bound(self, tenant_id: UUID) -> AsyncIterator[RawConnection]:
        async with self._connection() as connection, connection.transaction():
            await connection.execute(tenant_binding(tenant_id))
            yield connection

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[RawConnection]:
        try:
            pool = self._pool or await self._open()
            connection = await pool.acquire(timeout=WAIT_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresConnectionError) as error:
            raise CacheUnavailableError(str(error)) from error
        try:
            yield cast("RawConnection", connection)
        finally:
            await pool.release(connection)

    async def _open(self) -> asyncpg.Pool[asyncpg.Record]:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._database.raw_url,
                    min_size=0,
                    max_size=_CONNECTIONS,
                    server_settings={
                        "role": "dotmac_app",
                        "application_name": "dotmac-cache",
                        "lock_timeout": f"{WAIT_SECONDS}s",
                        "statement_timeout": f"{2 * WAIT_SECONDS}s",
                    },
                )
            return self._pool


class _Claimed:
    """A turn whose row still bears its claim, unless the key was deleted."""

    def __init__(self, backend: PostgresCache, tenant_id: UUID, key: str, claim: UUID) -> None:
        self._backend = backend
        self._place = (tenant_id, key, claim)

    async def keep(self, value: bytes, ttl: int) -> None:
        await self._backend.keep(*self._place, value, ttl)


def _lock_number(tenant_id: UUID, key: str) -> int:
    """A 64-bit number for the pair; two keys that share one merely wait for each other."""
    digest = hashlib.blake2b(tenant_id.bytes + key.encode(), digest_size=8, person=b"dotmac-cache")
    return int.from_bytes(digest.digest(), "big", signed=True)
