"""Every query that reads the audit log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TypeAlias

import asyncpg

from dotmac_core_ops.audit.wanted import WantedEntries
from dotmac_core_ops.cursors import Place
from dotmac_core_ops.database import PooledConnection, RawConnection

AnyConnection: TypeAlias = "RawConnection | PooledConnection"

COLUMNS = (
    *("id", "at", "actor", "actor_kind", "impersonated_by", "action", "target_type", "target_id"),
    *("before", "after", "request_id"),
)
"""What an entry says, in this order."""

_EQUAL = (
    *("actor", "actor_kind", "action", "target_type", "target_id"),
    *("request_id", "impersonated_by"),
)
_CHUNK = 1000


async def page(
    connection: AnyConnection,
    wanted: WantedEntries,
    *,
    after: Place | None,
    limit: int,
) -> Sequence[asyncpg.Record]:
    """The next `limit` entries after a place, newest first."""
    statement, values = _statement(wanted, after)
    values.append(limit)
    return await connection.fetch(f"{statement} LIMIT ${len(values)}", *values)


async def stream(
    connection: AnyConnection, wanted: WantedEntries
) -> AsyncIterator[list[asyncpg.Record]]:
    """All entries that are wanted, newest first, a thousand at a time."""
    statement, values = _statement(wanted, None)
    cursor = await connection.cursor(statement, *values)
    while rows := await cursor.fetch(_CHUNK):
        yield rows


def _statement(wanted: WantedEntries, after: Place | None) -> tuple[str, list[object]]:
    values: list[object] = []
    parts: list[str] = []

    def add(condition: str, *given: object) -> None:
        first = len(values) + 1
        values.extend(given)
        parts.append(condition.format(*(f"${first + n}" for n in range(len(given)))))

    for column in _EQUAL:
        value = getattr(wanted, column)
        if value is not None:
            add(f"{column} = {{}}", value)
    if wanted.is_impersonated is not None:
        add(f"impersonated_by IS {'NOT ' if wanted.is_impersonated else ''}NULL")
    if wanted.since is not None:
        add("at >= {}", wanted.since)
    if wanted.until is not None:
        add("at < {}", wanted.until)
    if after is not None:
        add("(at, id) < ({}, {})", *after)
    where = f"WHERE {' AND '.join(parts)} " if parts else ""
    columns = ", ".join(COLUMNS)
    # Put together from names of columns and numbers of parameters.
    statement = f"SELECT {columns} FROM core.audit_log {where}ORDER BY at DESC, id DESC"  # noqa: S608 - as above
    return statement, values
