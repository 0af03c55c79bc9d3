"""Fixtures for the tests of the embedded server: homes that exist for one test."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from dotmac_core_ops.embedded import EmbeddedServer, NoServerFoundError, find_binaries


class Homes:
    """A DOTMAC_HOME of one test, the servers it started there, and further homes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.cluster = home / "postgres"
        self._servers: list[EmbeddedServer] = []
        self._others: list[Homes] = []

    def server(self, *, bin_dir: Path | None = None, for_tests: bool = False) -> EmbeddedServer:
        """Another user of this home's server; stopped at the end of the test."""
        self._servers.append(EmbeddedServer(self.home, bin_dir=bin_dir, for_tests=for_tests))
        return self._servers[-1]

    def empty(self, name: str = "empty") -> "Homes":
        """Another home, where nothing has been started yet."""
        self._others.append(Homes(self.home.parent / name))
        return self._others[-1]

    def stop_all(self) -> None:
        """Leave every server."""
        for server in self._servers:
            server.stop()
        for other in self._others:
            other.stop_all()


MEMORY = Path("/dev/shm")  # noqa: S108 # a directory of our own is made there
ENOUGH = 2_000_000_000  # bytes


def public_directory() -> Path:
    """A directory that the service user may pass through, unlike pytest's own when root runs it.

    In memory where there is room: some of these tests copy whole clusters.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH
    path = Path(tempfile.mkdtemp(prefix="dotmac-t-", dir=MEMORY if roomy else None))
    path.chmod(0o755)
    return path


@pytest.fixture(scope="session")
def prepared_home() -> Iterator[Path]:
    """A home whose cluster was made and stopped; copied, because initdb takes its time."""
    base = public_directory()
    with EmbeddedServer(base / "home"):
        pass
    yield base / "home"
    shutil.rmtree(base)


@pytest.fixture
def homes(prepared_home: Path) -> Iterator[Homes]:
    """A home of this test's own, set up and stopped."""
    base = public_directory()
    subprocess.run(["cp", "-Rp", prepared_home, base / "home"], check=True)
    if os.geteuid() == 0:
        (base / "home").chmod(0o711)
    made = Homes(base / "home")
    yield made
    made.stop_all()
    shutil.rmtree(base)


@pytest.fixture(scope="session")
def running(prepared_home: Path) -> Iterator[Homes]:
    """A home whose server runs, for tests that only look."""
    home = Homes(prepared_home.parent / "running")
    subprocess.run(["cp", "-Rp", prepared_home, home.home], check=True)
    home.server().start()
    yield home
    home.stop_all()


@pytest.fixture
def postgres_15() -> Path:
    """Programs of the oldest major version we support."""
    try:
        return find_binaries(major=15).bin_dir
    except NoServerFoundError:
        if os.environ.get("CI"):
            raise
        pytest.skip("needs PostgreSQL 15: apt-get install postgresql-15")


async def query(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of one statement, over a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


def run_python(script: str, *arguments: Path | str, **options: Any) -> "subprocess.Popen[str]":  # noqa: ANN401 # as Popen
    """A Python process of its own group that runs `script`, with pipes in and out."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )
