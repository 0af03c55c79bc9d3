"""The one path for many rows: few as arrays, many by COPY, then one INSERT … SELECT either way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, cast

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database.engine import RawConnection

Conflict = Literal["raise", "ignore"]

# Up to here arrays are the quicker way (measured: a third less time at 100 rows, even at 1,000).
_FEW = 1000
_DRIVER = "driver_connection"

_TYPES = """
SELECT attname AS name, format_type(atttypid, NULL) AS type, attndims > 0 AS is_array
FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
"""
# Table and columns → the statement that inserts arrays of their types; None where a column is an
# array itself, which unnest would take apart.
_array_inserts: dict[tuple[str, tuple[str, ...]], str | None] = {}


async def copy_rows(
    session: AsyncSession,
    table: sa.Table | str,
    rows: Iterable[Sequence[Any]],
    *,
    columns: Sequence[str],
    conflict: Conflict = "raise",
) -> int:
    """Insert `rows` (values in the order of `columns`) for the session's tenant; how many were new.

    `tenant_id` is filled in and must not be among `columns`. With `conflict="ignore"`, rows that
    break a unique key are left out and not counted. JSON columns take text.

    PostgreSQL refuses COPY into a table with row-level security, hence the stage; it lives as long
    as the connection and is emptied with every transaction. Few rows skip the stage: they go as
    arrays, one for each column, which costs a single round trip.
    """
    target = table if isinstance(table, str) else f"{table.schema}.{table.name}"
    records = rows if isinstance(rows, list) else list(rows)
    if not records:
        return 0
    connection = await driver_connection(session)
    listed = ", ".join(columns)
    on_conflict = " ON CONFLICT DO NOTHING" if conflict == "ignore" else ""
    insert = await _array_insert(connection, target, columns) if len(records) <= _FEW else None
    if insert is not None:
        arrays = [list(column) for column in zip(*records, strict=True)]
        return _count(await connection.execute(insert + on_conflict, *arrays))
    stage = "stage_" + target.replace(".", "_")
    await connection.execute(
        # The names come from the program's own metadata, never from input; so below as well.
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS "  # noqa: S608 (our own names)
        f"AS SELECT * FROM {target} WITH NO DATA; TRUNCATE {stage}"
    )
    await connection.copy_records_to_table(stage, records=records, columns=list(columns))
    status = await connection.execute(
        f"INSERT INTO {target} (tenant_id, {listed}) "  # noqa: S608 (our own names)
        f"SELECT (SELECT core.current_tenant()), {listed} FROM {stage}" + on_conflict
    )
    return _count(status)


async def _array_insert(
    connection: RawConnection, target: str, columns: Sequence[str]
) -> str | None:
    key = (target, tuple(columns))
    if key not in _array_inserts:
        known = {row["name"]: row for row in await connection.fetch(_TYPES, target)}
        arrays = [f"${n}::{known[name]['type']}[]" for n, name in enumerate(columns, start=1)]
        _array_inserts[key] = (
            None
            if any(known[name]["is_array"] for name in columns)
            else f"INSERT INTO {target} ({', '.join(columns)}) "  # noqa: S608 (our own names)
            f"SELECT * FROM unnest({', '.join(arrays)})"
        )
    return _array_inserts[key]


def _count(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])


async def driver_connection(session: AsyncSession) -> RawConnection:
    """The asyncpg connection under `session`, inside its transaction."""
    transaction = session.sync_session.get_transaction()
    known = session.info.get(_DRIVER)
    if known is not None and known[0] is transaction:
        return cast("RawConnection", known[1])
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    # Asking SQLAlchemy costs as much as a statement, and bulk work asks a dozen times.
    session.info[_DRIVER] = (session.sync_session.get_transaction(), driver)
    return driver
