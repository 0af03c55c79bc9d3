"""What a cache is made of: a place for values, and turns at computing the missing ones."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

WAIT_SECONDS = 5
"""How long a caller waits for another one that computes the same result, before computing too."""


class CacheUnavailableError(Exception):
    """The place where values are kept cannot be reached. Never leaves the cache: it is a miss."""


class Turn(Protocol):
    """The right to compute one missing result, until it is kept or the key is deleted."""

    async def keep(self, value: bytes, ttl: int) -> None:
        """Store the result for `ttl` seconds, unless the key was deleted since the turn began."""
        ...


class CacheBackend(Protocol):
    """Where values are kept: a PostgreSQL table or Redis; one contract test runs on both."""

    async def read(self, tenant_id: UUID, key: str) -> bytes | None:
        """The value, None when there is none (any more)."""
        ...

    async def write(self, tenant_id: UUID, key: str, value: bytes, ttl: int) -> None:
        """Keep `value` for `ttl` seconds."""
        ...

    async def remove(self, tenant_id: UUID, keys: Sequence[str]) -> None:
        """Forget values, and void the turns of those who are computing them."""
        ...

    def turn(self, tenant_id: UUID, key: str) -> AbstractAsyncContextManager[Turn]:
        """Wait until nobody else computes `key` (at most `WAIT_SECONDS`), then be the one who does.

        Who waited in vain gets a turn that keeps nothing.
        """
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


class NoTurn:
    """The turn of who may compute for itself only."""

    async def keep(self, value: bytes, ttl: int) -> None:
        """Keeps nothing."""
