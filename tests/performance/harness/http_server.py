"""A server process for the time of a bench: the product's, or the bare one beside it."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import httpx
import psutil

from tests.performance.harness.http_load import load
from tests.performance.harness.measuring import Usage, peak_mb, server_cpu, tree_cpu
from tests.performance.harness.rows import Void, require
from tests.performance.harness.stage import ROOT, Stage

WORKERS = 2
PRODUCT = "dotmac_platform.http_server"
BARE = "tests.performance.bare_app"

_START_SECONDS = 120  # on a machine that is busy with other work as well
_STOP_SECONDS = 15
_WARM_UP_SECONDS = 2.0
_MEASURED_SECONDS = 10.0


@dataclass(frozen=True)
class Server:
    """A server that answers on loopback."""

    stage: Stage
    process: psutil.Process
    port: int

    async def fetch(self, path: str, headers: dict[str, str]) -> httpx.Response:
        """One answer, whatever its status."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as client:
            return await client.get(path, headers=headers)

    async def carries(
        self, paths: Sequence[str], headers: dict[str, str], share: float = 1.0
    ) -> tuple[int, Usage]:
        """How many of random `paths` it answers under full load, and what that costs.

        For ten seconds after two to warm up, or that `share` of them. The processor time is that
        of the server and PostgreSQL, not the client's.

        Raises:
            Void: an answer was not 2xx.
        """
        scale = self.stage.full(10, 1) / 10 * share
        warm_up, measured = _WARM_UP_SECONDS * scale, _MEASURED_SECONDS * scale
        await asyncio.to_thread(load, self.port, paths, headers, seconds=warm_up)
        program, server = tree_cpu(self.process), server_cpu(self.stage.postmaster)
        done = await asyncio.to_thread(load, self.port, paths, headers, seconds=measured)
        used = Usage(
            seconds=done.seconds,
            program_cpu=tree_cpu(self.process) - program,
            server_cpu=server_cpu(self.stage.postmaster) - server,
            peak_mb=max(peak_mb(child.pid) for child in self.process.children()),
        )
        require("answers that are not 2xx", done.failures, 0)
        return done.answers, used


@asynccontextmanager
async def serving(stage: Stage, module: str) -> AsyncIterator[Server]:
    """`python -m module` with two workers, until the end of the block.

    Raises:
        Void: it does not come up.
    """
    with TemporaryDirectory() as home:
        port = _free_port()
        log = Path(home) / "server.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", module),
                cwd=ROOT,
                env=os.environ | _settings(stage, home, port),
                stdout=output,
                stderr=output,
            )
        try:
            server = Server(stage, psutil.Process(process.pid), port)
            await _ready(server, process, log)
            yield server
        finally:
            await _end(process)


def _settings(stage: Stage, home: str, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": stage.url,
        "DOTMAC_HOME": home,
        "ENVIRONMENT": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "LOG_LEVEL": "WARNING",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": str(WORKERS),
        # One client asks for everybody here; its limit is looked at with each request all the same.
        "API_RATE_LIMIT": "1000000000",
        "API_RATE_LIMIT_ANONYMOUS": "1000000000",
    }


async def _ready(server: Server, process: asyncio.subprocess.Process, log: Path) -> None:
    until = monotonic() + _START_SECONDS
    while monotonic() < until and process.returncode is None:
        try:
            if (await server.fetch("/health/ready", {})).is_success:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    said = await asyncio.to_thread(log.read_text, errors="replace")
    raise Void(f"the server did not come up: {said[-2000:]}")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    workers = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        for left in workers:
            if left.is_running():
                left.kill()
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
