"""Keeping what a worker has taken on, for as long as it works on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from dotmac_core_events.failure import DATABASE_ERRORS
from dotmac_core_ops.logging import get_logger

_log = get_logger(__name__)


@asynccontextmanager
async def kept_alive(extend: Callable[[], Awaitable[None]], seconds: float) -> AsyncIterator[None]:
    """Call `extend` three times per `seconds`, until the block ends.

    An extension that the database refuses is logged and tried again at the next turn; the lease may
    run out by then, which costs the work being begun again, never being done twice.
    """
    task = asyncio.create_task(_beat(extend, seconds / 3))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _beat(extend: Callable[[], Awaitable[None]], pause: float) -> None:
    while True:
        await asyncio.sleep(pause)
        try:
            await extend()
        except DATABASE_ERRORS:
            _log.warning("lease not extended", exc_info=True)
