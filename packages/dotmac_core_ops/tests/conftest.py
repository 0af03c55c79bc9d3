"""Servers beside PostgreSQL, and tables, that some tests need."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from dotmac_core_ops.database import (
    append_only,
    create_schema,
    drop_schema,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of this test run's own, on a socket in a temporary folder."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        missing = "redis-server is not installed: apt-get install redis-server"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    home = Path(tempfile.mkdtemp(prefix="dotmac-redis-"))
    socket = home / "socket"
    process = subprocess.Popen(
        [
            *(binary, "--port", "0", "--unixsocket", str(socket), "--dir", str(home)),
            *("--save", "", "--appendonly", "no", "--logfile", str(home / "log")),
        ]
    )
    try:
        waiting = Retry(ConstantBackoff(0.02), 500, (RedisConnectionError,))
        with Redis(unix_socket_path=str(socket), retry=waiting) as client:
            client.ping()
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
async def family_tables(database_url: str) -> AsyncIterator[None]:
    """Tables made as a package's migration makes them: parents, their children, and a ledger."""
    engine = create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        await connection.run_sync(_migrated(_create_family))
    yield
    async with engine.begin() as connection:
        await connection.run_sync(_migrated(lambda: drop_schema("family")))
    await engine.dispose()


def _migrated(step: Callable[[], None]) -> Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        # A cloned database does not have the rights that were granted on its template.
        connection.exec_driver_sql(
            f"GRANT CREATE ON DATABASE {connection.engine.url.database} TO dotmac_owner"
        )
        connection.exec_driver_sql("SET ROLE dotmac_owner")
        with Operations.context(MigrationContext.configure(connection)):
            step()

    return run


def _create_family() -> None:
    create_schema("family")
    op.create_table(
        "parents",
        *tenant_columns(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("data", JSONB()),
        sa.Column("tags", sa.ARRAY(sa.Text())),
        tenant_unique("code"),
        schema="family",
    )
    op.create_table(
        "children",
        *tenant_columns(),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(19, 4), nullable=False),
        tenant_foreign_key("parent_id", "family.parents", name="fk_children_parent_id"),
        schema="family",
    )
    op.create_table("postings", *tenant_columns(), schema="family")
    for table in ("family.parents", "family.children", "family.postings"):
        isolate_tenants(table)
    append_only("family.postings")
