"""Fixtures for tests, ours and those of packages that build on this one (a pytest plugin).

Load it with `-p dotmac_core_ops.testing`. Tests run on a real PostgreSQL: migrated once into a
template, cloned for each parallel worker. A test is isolated by being its own tenant, connects as
role `app` and commits for real.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, migrate, new_id, schemas
from dotmac_core_ops.embedded import test_server
from dotmac_core_ops.tenants import register_tenant

TEST_NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""The instant at which every test's clock starts."""

_server = pytest.StashKey[AbstractContextManager[str]]()


@dataclass(frozen=True)
class Tenant:
    """A tenant that only this test knows."""

    id: UUID
    slug: str


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server ahead of parallel workers; otherwise the first test that needs it does."""
    if not getattr(session.config.option, "numprocesses", None):
        return
    server = test_server()
    server.__enter__()
    session.config.stash[_server] = server


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the server, if this process started it."""
    server = session.config.stash.get(_server, None)
    if server is not None:
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The test server; its login may create databases and roles, and is not a superuser."""
    with test_server() as url:
        yield url


@pytest.fixture(scope="session")
def database_url(server_url: str, worker_id: str) -> Iterator[str]:
    """A migrated database of this worker's own, as the owner of its tables sees it."""
    name = f"test_{worker_id}_{secrets.token_hex(4)}"
    asyncio.run(_clone(server_url, name))
    yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    asyncio.run(drop_database(server_url, name))


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    """The worker's database as the application uses it, with time standing still at `TEST_NOW`."""
    opened = Database(database_url, clock=FrozenClock(TEST_NOW))
    yield opened
    await opened.close()


@pytest.fixture
def clock(database: Database) -> Iterator[FrozenClock]:
    """The database's clock; moves made by a test are undone after it."""
    frozen = database.clock
    assert isinstance(frozen, FrozenClock)
    yield frozen
    frozen.move_to(TEST_NOW)


@pytest.fixture
def new_tenant(database: Database) -> Callable[[], Awaitable[Tenant]]:
    """Makes a tenant at each call."""

    async def make() -> Tenant:
        tenant = Tenant(new_id(), f"t-{secrets.token_hex(6)}")
        async with database.transaction(tenant.id) as session:
            await register_tenant(session, tenant.slug)
        return tenant

    return make


@pytest.fixture
async def tenant(new_tenant: Callable[[], Awaitable[Tenant]]) -> Tenant:
    """The tenant that this test is."""
    return await new_tenant()


@pytest.fixture
async def second_tenant(new_tenant: Callable[[], Awaitable[Tenant]]) -> Tenant:
    """Somebody else."""
    return await new_tenant()


@pytest.fixture
async def session(database: Database, tenant: Tenant) -> AsyncIterator[AsyncSession]:
    """A transaction of the test's tenant, committed when the test ends well."""
    async with database.transaction(tenant.id) as opened:
        yield opened


async def _clone(server_url: str, name: str) -> None:
    template = f"template_{_fingerprint()}"
    connection = await asyncpg.connect(_plain(server_url))
    try:
        # One of the parallel workers migrates; the others wait for it here.
        await connection.execute("SELECT pg_advisory_lock(20261120)")
        known = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", template)
        if not known:
            draft = f"draft_{secrets.token_hex(4)}"
            await connection.execute(f"CREATE DATABASE {draft}")
            url = make_url(server_url).set(database=draft)
            await migrate(url.render_as_string(hide_password=False))
            await connection.execute(f"ALTER DATABASE {draft} RENAME TO {template}")
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    finally:
        await connection.close()


async def drop_database(server_url: str, name: str) -> None:
    """Drop a database of the test server, whoever is still in it."""
    connection = await asyncpg.connect(_plain(server_url))
    try:
        # Not WITH (FORCE) at once: it may not end an autovacuum worker as a plain DROP does; and
        # what a killed process left behind ends by itself within the seconds that a DROP waits.
        try:
            await connection.execute(f"DROP DATABASE {name}")
        except asyncpg.ObjectInUseError:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _fingerprint() -> str:
    """A name for the present migrations, so that a server that lives on is migrated when needed."""
    digest = hashlib.sha256()
    for schema in schemas():
        for path in sorted(Path(schema.migrations).glob("*.py")):
            digest.update(path.read_bytes())
    digest.update(os.fsencode(Path(__file__).parent / "database"))
    return digest.hexdigest()[:16]
