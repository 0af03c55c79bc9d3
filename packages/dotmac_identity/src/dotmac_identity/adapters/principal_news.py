"""Hearing, from the database, whose rights have changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg

from dotmac_core_ops.database import Database, RawConnection
from dotmac_core_ops.logging import get_logger

CHANNEL = "dotmac_identity"
"""On it the database tells the id of each user, session, API key or tenant that changed."""

_RECONNECT_SECONDS = 1.0
_PROOF_SECONDS = 5.0

_log = get_logger(__name__)


class PrincipalNews:
    """Calls `changed` with the id of whoever's principals have to be looked up anew.

    `is_heard` says whether news arrive. What was remembered before they did may be out of date, so
    `lost` is called whenever the connection is made.
    """

    def __init__(
        self, database: Database, changed: Callable[[UUID], None], lost: Callable[[], None]
    ) -> None:
        self._database = database
        self._changed = changed
        self._lost = lost
        self._heard = asyncio.Event()

    @property
    def is_heard(self) -> bool:
        """Whether news arrive now."""
        return self._heard.is_set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen until the block ends; it begins as soon as news arrive, or cannot."""
        first = asyncio.Event()
        task = asyncio.create_task(self._listen_again_and_again(first))
        try:
            await first.wait()
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen_again_and_again(self, tried: asyncio.Event) -> None:
        while True:
            try:
                await self._listen(tried)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                _log.warning("not hearing of changed rights; asking each time", exc_info=True)
            finally:
                self._heard.clear()
                tried.set()
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self, tried: asyncio.Event) -> None:
        connection = await self._database.connect_raw()
        try:
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _: self._end(ended))
            await connection.add_listener(CHANNEL, self._tell)
            self._lost()
            self._heard.set()
            tried.set()
            while not ended.is_set():
                await _pause(ended)
                await _prove(connection)
        finally:
            self._heard.clear()
            connection.terminate()

    def _end(self, ended: asyncio.Event) -> None:
        self._heard.clear()
        ended.set()

    def _tell(self, _: object, __: int, ___: str, payload: object) -> None:
        self._changed(UUID(str(payload)))


async def _pause(ended: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_PROOF_SECONDS):
            await ended.wait()


async def _prove(connection: RawConnection) -> None:
    """Make sure that the other end is still there: a cut line says nothing by itself."""
    async with asyncio.timeout(_PROOF_SECONDS):
        await connection.execute("SELECT 1")
