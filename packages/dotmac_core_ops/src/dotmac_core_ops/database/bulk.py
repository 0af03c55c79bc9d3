"""The one path for many rows: COPY into a temporary table, then one INSERT … SELECT."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database.engine import RawConnection

Conflict = Literal["raise", "ignore"]

_FEW = 200


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
    as the connection and is emptied with every transaction. Few rows skip the stage: they go as one
    pipelined batch, which costs a single round trip.
    """
    target = table if isinstance(table, str) else f"{table.schema}.{table.name}"
    records = rows if isinstance(rows, list) else list(rows)
    if not records:
        return 0
    connection = await driver_connection(session)
    listed = ", ".join(columns)
    if conflict == "raise" and len(records) <= _FEW:
        values = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        # The names come from the program's own metadata, never from input; so below as well.
        insert = f"INSERT INTO {target} ({listed}) VALUES ({values})"  # noqa: S608
        await connection.executemany(insert, records)
        return len(records)
    stage = "stage_" + target.replace(".", "_")
    await connection.execute(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS "  # noqa: S608
        f"AS SELECT * FROM {target} WITH NO DATA; TRUNCATE {stage}"
    )
    await connection.copy_records_to_table(stage, records=records, columns=list(columns))
    status = await connection.execute(
        f"INSERT INTO {target} (tenant_id, {listed}) "  # noqa: S608
        f"SELECT (SELECT core.current_tenant()), {listed} FROM {stage}"
        + (" ON CONFLICT DO NOTHING" if conflict == "ignore" else "")
    )
    return int(status.rsplit(" ", 1)[-1])


async def driver_connection(session: AsyncSession) -> RawConnection:
    """The asyncpg connection under `session`, inside its transaction."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    return driver
