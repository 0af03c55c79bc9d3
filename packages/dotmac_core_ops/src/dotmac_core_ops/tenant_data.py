"""All rows of a tenant, table by table, as they are at one moment, for a tenant that takes them.

What is left out: secrets (hashes of passwords and tokens help nobody but a thief), and tables that
only keep the machinery running.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from dotmac_core_ops.database import Database, PooledConnection
from dotmac_core_ops.erasure import tenant_tables

LEFT_OUT_TABLES = frozenset(
    {"core.cache", "core.idempotency_keys", "events.jobs", "events.deliveries"}
)
"""Tables that say nothing about the tenant's business."""

_SECRET = re.compile(r"password|secret|token|recovery|private_key|credential|_hash$")
_NO_SECRET = frozenset({"core.audit_blocks.previous_hash", "core.tenant_erasures.audit_hash"})
_FILES = (
    "SELECT id, name, sha256 FROM core.files WHERE NOT EXISTS ("
    "SELECT FROM unnest($1::uuid[]) AS other(id) WHERE other.id = files.id) ORDER BY id"
)
_CHUNK_BYTES = 64 * 1024
_ROWS_AT_ONCE = 1000


@dataclass
class ExportedTable:
    """A table as it was exported: how many rows, and the SHA-256 of its lines."""

    rows: int = 0
    sha256: str = ""
    left_out: list[str] = field(default_factory=list)


def secret_columns(table: sa.Table) -> list[str]:
    """The columns of `table` that are not handed out, by name."""
    return sorted(
        column.name
        for column in table.c
        if _SECRET.search(column.name) and f"{table.fullname}.{column.name}" not in _NO_SECRET
    )


@asynccontextmanager
async def tenant_snapshot(database: Database, tenant_id: UUID) -> AsyncIterator[PooledConnection]:
    """A connection that sees the tenant's rows as they are now, however long it takes."""
    async with database.read(tenant_id) as connection:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield connection


def exported_tables() -> list[sa.Table]:
    """The tables that an export contains, by name."""
    found = (table for table in tenant_tables() if table.fullname not in LEFT_OUT_TABLES)
    return sorted(found, key=lambda table: table.fullname)


@dataclass(frozen=True)
class ExportedFile:
    """A file of the tenant: under which id it is stored, how people call it, its SHA-256."""

    id: UUID
    name: str
    sha256: bytes


async def files_but(connection: PooledConnection, others: Sequence[UUID]) -> list[ExportedFile]:
    """The tenant's files without `others`, oldest first."""
    rows = await connection.fetch(_FILES, list(others))
    return [ExportedFile(row["id"], row["name"], row["sha256"]) for row in rows]


async def table_lines(
    connection: PooledConnection, table: sa.Table, exported: ExportedTable
) -> AsyncIterator[bytes]:
    """The rows of `table` as lines of JSON, in chunks; `exported` is filled on the way."""
    exported.left_out = secret_columns(table)
    digest = hashlib.sha256()
    query = f"SELECT (to_jsonb(t) - $1::text[])::text FROM {table.fullname} AS t"  # noqa: S608 (a name of the metadata)
    waiting = bytearray()
    async for row in connection.cursor(query, exported.left_out, prefetch=_ROWS_AT_ONCE):
        waiting += row[0].encode() + b"\n"
        exported.rows += 1
        if len(waiting) > _CHUNK_BYTES:
            digest.update(waiting)
            yield bytes(waiting)
            waiting.clear()
    digest.update(waiting)
    exported.sha256 = digest.hexdigest()
    yield bytes(waiting)
