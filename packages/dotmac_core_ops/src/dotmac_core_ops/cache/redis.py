"""The cache in Redis (or Valkey). Needs the extra `dotmac-core-ops[redis]`."""

from __future__ import annotations

from asyncio import timeout
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from dotmac_core_ops.cache.backend import WAIT_SECONDS, CacheUnavailableError, NoTurn, Turn

_LEASE_SECONDS = 60
"""A claim whose holder died is void after this."""

# Two waiters hear of one end: the one that is woken says it again when its own turn is over.
_ANNOUNCE = """
redis.call('del', KEYS[3])
redis.call('rpush', KEYS[3], '1')
redis.call('expire', KEYS[3], ARGV[1])
"""
_REMOVE = f"""
redis.call('del', KEYS[1])
if redis.call('del', KEYS[2]) == 1 then {_ANNOUNCE} end
"""
_RELEASE = f"""
if redis.call('get', KEYS[2]) == ARGV[2] then redis.call('del', KEYS[2]) {_ANNOUNCE} end
"""
_KEEP = """
if redis.call('get', KEYS[2]) == ARGV[2] then
  redis.call('set', KEYS[1], ARGV[3], 'ex', ARGV[1])
end
"""


class RedisCache:
    """Values under keys that begin with their tenant; Redis itself lets them expire."""

    def __init__(self, url: str, *, prefix: str = "dotmac") -> None:
        self._client: Redis = Redis.from_url(
            url,
            socket_connect_timeout=1,
            socket_timeout=WAIT_SECONDS + 2,  # longer than any blocking command
            max_connections=200,
        )
        self._prefix = prefix

    async def read(self, tenant_id: UUID, key: str) -> bytes | None:
        """The value, None when there is none (any more)."""
        with_value = await self._do(self._client.get(self._keys(tenant_id, key)[0]))
        assert with_value is None or isinstance(with_value, bytes)
        return with_value

    async def write(self, tenant_id: UUID, key: str, value: bytes, ttl: int) -> None:
        """Keep `value` for `ttl` seconds."""
        await self._do(self._client.set(self._keys(tenant_id, key)[0], value, ex=ttl))

    async def remove(self, tenant_id: UUID, keys: Sequence[str]) -> None:
        """Forget values, and void the turns of those who are computing them."""
        for key in keys:
            await self._run(_REMOVE, tenant_id, key, _LEASE_SECONDS)

    @asynccontextmanager
    async def turn(self, tenant_id: UUID, key: str) -> AsyncIterator[Turn]:
        """Wait, `WAIT_SECONDS` at most, until nobody else computes `key`; then be who does."""
        token = uuid4().hex
        if not await self._claimed(tenant_id, key, token):
            yield NoTurn()
            return
        try:
            yield _Claimed(self, tenant_id, key, token)
        finally:
            await self._run(_RELEASE, tenant_id, key, _LEASE_SECONDS, token)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _claimed(self, tenant_id: UUID, key: str, token: str) -> bool:
        _, claim, ended = self._keys(tenant_id, key)
        try:
            async with timeout(WAIT_SECONDS):
                while not await self._do(
                    self._client.set(claim, token, nx=True, ex=_LEASE_SECONDS)
                ):
                    await self._do(self._client.blpop([ended], timeout=WAIT_SECONDS))
        except TimeoutError:
            return False
        return True

    def _keys(self, tenant_id: UUID, key: str) -> tuple[str, str, str]:
        # The braces put all three on one node of a Redis cluster.
        slot = f"{self._prefix}:{{{tenant_id}:{key}}}"
        return slot, f"{slot}:claim", f"{slot}:ended"

    async def _run(
        self, script: str, tenant_id: UUID, key: str, *arguments: str | int | bytes
    ) -> None:
        await self._do(self._client.eval(script, 3, *self._keys(tenant_id, key), *arguments))

    async def _do(self, command: Any) -> Any:  # noqa: ANN401 - redis-py types commands for both worlds
        try:
            return await command
        except (RedisError, OSError) as error:
            raise CacheUnavailableError(str(error)) from error


class _Claimed:
    """A turn whose claim still stands, unless the key was deleted."""

    def __init__(self, backend: RedisCache, tenant_id: UUID, key: str, token: str) -> None:
        self._backend = backend
        self._tenant_id = tenant_id
        self._key = key
        self._token = token

    async def keep(self, value: bytes, ttl: int) -> None:
        await self._backend._run(  # noqa: SLF001 - the two classes are one thing
            *(_KEEP, self._tenant_id, self._key, ttl, self._token, value)
        )
