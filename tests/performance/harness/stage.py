"""Where the benches play: a migrated database on a PostgreSQL that keeps data safe."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import psutil
from sqlalchemy.engine import URL, make_url

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, migrate
from dotmac_core_ops.embedded import EmbeddedServer
from dotmac_core_ops.logging import configure_logging
from dotmac_core_ops.settings import Settings
from dotmac_platform.runtime import connect
from tests.performance.harness.http_load import client
from tests.performance.harness.measuring import Usage, usage
from tests.performance.harness.rows import Void

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:  # the class takes type parameters for the type checker only
    Connection = asyncpg.Connection

ROOT = Path(__file__).parents[3]
TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""The product's today, wherever and whenever this runs."""

_SAFE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Stage:
    """What a bench works with, in this process and in those that it starts.

    `postmaster` is None when the server runs elsewhere: its processor time is not counted then.
    """

    url: str
    superuser_url: str
    postmaster: int | None
    described: str
    quick: bool

    @asynccontextmanager
    async def database(self, *, pool_size: int = 10) -> AsyncIterator[Database]:
        """The product's database with the reactions of all modules attached, as it is sold."""
        configure_logging(environment="test", level="WARNING")
        settings = Settings(environment="test", database_pool_size=pool_size)
        database = connect(settings, self.url, clock=FrozenClock(TODAY))
        try:
            yield database
        finally:
            await database.close()

    @contextmanager
    def usage(self) -> Iterator[Usage]:
        """Measures what is done inside."""
        with usage(self.postmaster) as used:
            yield used

    async def settle(self) -> None:
        """Statistics and disk as they are after a quiet while, so that each bench starts alike."""
        owner = await asyncpg.connect(self.url)
        try:
            await owner.execute("VACUUM ANALYZE")
        finally:
            await owner.close()
        if self.superuser_url:
            superuser = await asyncpg.connect(self.superuser_url)
            try:
                await superuser.execute("CHECKPOINT")
            finally:
                await superuser.close()

    async def found(self, tenant_id: UUID, query: str, *values: object) -> tuple[Any, ...]:
        """The only row that the query finds of that tenant, read beside the product's code."""
        async with self.sql(tenant_id) as connection:
            row = await connection.fetchrow(query, *values)
        assert row is not None
        return tuple(row)

    async def writes(self, tenant_id: UUID) -> int:
        """How many transactions have written up to now, of everybody."""
        (count,) = await self.found(
            tenant_id, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
        return int(count)

    @asynccontextmanager
    async def sql(self, tenant_id: UUID) -> AsyncIterator[Connection]:
        """A bare connection as the product's role, whose open transaction is bound to a tenant."""
        connection = await asyncpg.connect(
            self.url, server_settings={"role": "dotmac_app", "jit": "off"}
        )
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
                yield connection
        finally:
            await connection.close()

    def full(self, volume: int, quick: int) -> int:
        """The volume of the definition, or the small one."""
        return quick if self.quick else volume


@dataclass(frozen=True)
class Ground:
    """A PostgreSQL on which each bench gets a database of its own."""

    url: str
    superuser_url: str = ""
    postmaster: int | None = None

    @contextmanager
    def stage(self, *, quick: bool) -> Iterator[Stage]:
        """A fresh database, gone after.

        Raises:
            Void: the server would lose data when it fails, so that its figures mean nothing.
        """
        with _fresh(self.url) as url:
            superuser_url = self.superuser_url
            if superuser_url:
                superuser_url = _text(make_url(superuser_url).set(database=make_url(url).database))
            yield asyncio.run(_stage(url, superuser_url, self.postmaster, quick=quick))


@contextmanager
def open_ground(given_url: str | None) -> Iterator[Ground]:
    """The server at `given_url`, or one that is started and gone after."""
    if given_url is not None:
        yield Ground(_text(make_url(given_url).set(drivername="postgresql")))
        return
    home = Path(tempfile.mkdtemp(prefix="dotmac-bench-"))
    try:
        with EmbeddedServer(home) as server:
            yield Ground(server.url, server.superuser_url, server.pid)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _fresh(server_url: str) -> Iterator[str]:
    """The address of a migrated database of our own."""
    name = f"bench_{secrets.token_hex(4)}"
    asyncio.run(_execute(server_url, f"CREATE DATABASE {name}"))
    try:
        url = _text(make_url(server_url).set(database=name))
        asyncio.run(migrate(url))
        yield url
    finally:
        # Not WITH (FORCE), which may not end an autovacuum worker; a plain DROP does.
        asyncio.run(_execute(server_url, f"DROP DATABASE {name}"))


async def _stage(url: str, superuser_url: str, postmaster: int | None, *, quick: bool) -> Stage:
    connection = await asyncpg.connect(url)
    try:
        for setting in _SAFE:
            if await connection.fetchval(f"SHOW {setting}") != "on":
                raise Void(f"PostgreSQL runs with {setting} switched off")
        version = await connection.fetchval("SHOW server_version")
        buffers = await connection.fetchval("SHOW shared_buffers")
        postmaster = postmaster or _local_postmaster(connection.get_server_pid())
    finally:
        await connection.close()
    described = (
        f"PostgreSQL {version}, shared_buffers {buffers}, {', '.join(_SAFE)} on; "
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {client()} for HTTP"
    )
    return Stage(url, superuser_url, postmaster, described, quick)


def _local_postmaster(backend: int) -> int | None:
    """The parent of a server process, if that process is one of this machine."""
    try:
        parent = psutil.Process(backend).parent()
    except psutil.NoSuchProcess:
        return None
    return parent.pid if parent and "postgres" in parent.name() else None


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
