"""Being woken when there is something to do."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg

from dotmac_core_ops.database import Database
from dotmac_core_ops.logging import get_logger

CHANNEL = "dotmac_events"

_FIRST_PAUSE = 0.05
_RECONNECT_SECONDS = 5.0

_log = get_logger(__name__)


class Alarm:
    """Lets a loop sleep until it is rung, or until its pause is over.

    Pauses grow from 50 ms to `longest` seconds while nothing is found: writers that come while
    another one is already ringing stay silent, so after finding something it pays to look again.
    """

    def __init__(self, longest: float) -> None:
        self._rung = asyncio.Event()
        self._longest = longest
        self._pause = _FIRST_PAUSE

    def ring(self) -> None:
        """End the present or the next sleep."""
        self._pause = _FIRST_PAUSE
        self._rung.set()

    def found(self) -> None:
        """There was something to do, so look again soon."""
        self._pause = _FIRST_PAUSE

    async def sleep(self) -> None:
        """Wait until rung, at most for the present pause."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await self._rung.wait()
        if self._rung.is_set():
            self._rung.clear()
        else:
            self._pause = min(self._pause * 2, self._longest)


class Listener:
    """Rings the alarms when rows arrive; where it cannot listen, the alarms' pauses must do."""

    def __init__(
        self,
        database: Database,
        alarms: dict[str, Alarm],
        *,
        reconnect_seconds: float = _RECONNECT_SECONDS,
    ) -> None:
        self._database = database
        self._alarms = alarms
        self._reconnect_seconds = reconnect_seconds

    async def run(self) -> None:
        """Listen until cancelled, and connect again when the connection is lost."""
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                _log.warning("not listening for events", exc_info=True)
            await asyncio.sleep(self._reconnect_seconds)

    async def _listen(self) -> None:
        connection = await self._database.connect_raw()
        try:
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _: ended.set())
            await connection.add_listener(CHANNEL, self._heard)
            for alarm in self._alarms.values():
                alarm.ring()
            await ended.wait()
        finally:
            connection.terminate()

    def _heard(self, _: object, __: int, ___: str, table: object) -> None:
        alarm = self._alarms.get(str(table))
        if alarm is not None:
            alarm.ring()
