from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dotmac_core_events import Worker, create_worker, enqueue
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from packages.dotmac_core_events.tests.lighthouse import notes, ring, rows
from packages.dotmac_core_events.tests.worker_program import LIGHTHOUSE

ROOT = Path(__file__).parents[3]
KILLS = 12


class Workers:
    """Starts workers in processes of their own, one after the other."""

    def __init__(self, program: Process) -> None:
        self._program = program
        self._pid = 0

    async def start(self) -> None:
        assert self._program.stdin is not None
        self._program.stdin.write(b"start\n")
        ready, pid = (await self.line()).split()
        assert ready == "ready"
        self._pid = int(pid)

    async def line(self) -> str:
        assert self._program.stdout is not None
        return (await self._program.stdout.readline()).decode().strip()

    async def end(self, number: signal.Signals) -> int:
        """Send the signal and wait; the exit code, negative when a signal ended it."""
        os.kill(self._pid, number)
        said = ""
        while not said.startswith("ended"):
            said = await self.line()
        return int(said.split()[1])


@pytest.fixture
async def workers(database_url: str) -> AsyncIterator[Workers]:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("worker_program.py")),
        database_url,
        stdin=PIPE,
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    yield Workers(program)
    program.terminate()
    await program.communicate()


async def announce(database: Database, tenant: Tenant, numbers: range) -> None:
    await ring(database, tenant.id, *numbers)
    async with database.transaction(tenant.id) as session:
        for number in numbers:
            await enqueue(session, "lighthouse.polish", {"lamp": number})


def finisher(database: Database) -> Worker:
    """A worker for whom every lease and every pause is over."""
    return create_worker(
        (LIGHTHOUSE,), database, FrozenClock(datetime.now(UTC) + timedelta(days=1))
    )


async def test_workers_killed_at_any_instant_lose_nothing_and_repeat_nothing(
    database: Database, workers: Workers, tenant: Tenant
) -> None:
    chance = random.Random(20261120)  # noqa: S311 - the same instants every time

    for kill in range(KILLS):
        await announce(database, tenant, range(kill * 30, kill * 30 + 30))
        await workers.start()
        for _ in range(chance.randrange(1, 60)):
            assert not (await workers.line()).startswith("ended")
        assert await workers.end(signal.SIGKILL) == -signal.SIGKILL
    half_done = len(await notes(database, tenant.id))
    await finisher(database).drain(tenant.id)

    everything = [str(number) for number in range(KILLS * 30)]
    effects = Counter(await notes(database, tenant.id))
    assert 0 < half_done < len(everything) * 3
    assert effects == Counter(
        (what, number) for what in ("heard", "echoed", "polished") for number in everything
    )
    assert {row.state for row in await rows(database, tenant.id, "events.outbox")} == {"delivered"}
    assert {row.state for row in await rows(database, tenant.id, "events.jobs")} == {"done"}


async def test_a_worker_asked_to_stop_finishes_what_it_has_begun(
    database: Database, workers: Workers, tenant: Tenant
) -> None:
    await workers.start()
    await announce(database, tenant, range(200))
    for _ in range(5):
        await workers.line()

    ended = await workers.end(signal.SIGTERM)

    assert ended == 0
    claims = [row.claim for row in await rows(database, tenant.id, "events.outbox")]
    claims += [row.claim for row in await rows(database, tenant.id, "events.jobs")]
    assert claims == [None] * 400
