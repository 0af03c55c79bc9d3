"""Many rows of several tables in one go: for work that fills a dozen tables at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database.bulk import driver_connection

_FEW = 2000
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy has no annotation here


class TableRows(NamedTuple):
    """Rows for a table: values in the order of `columns`, without `tenant_id`; JSON as text."""

    table: sa.Table
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


async def copy_tables(session: AsyncSession, filled: Sequence[TableRows]) -> None:
    """Insert all rows for the session's tenant; rows that others refer to must come first.

    Up to 2,000 rows in all go as a single statement, so that small units of work cost one round
    trip; more are staged by COPY and inserted by one statement for each table. Either way all rows
    of a table are inserted by one statement. Any broken constraint refuses everything.
    """
    filled = [each for each in filled if each.rows]
    if not filled:
        return
    connection = await driver_connection(session)
    shape = tuple((each.table, each.columns) for each in filled)
    if sum(len(each.rows) for each in filled) <= _FEW:
        values = [column for each in filled for column in zip(*each.rows, strict=True)]
        await connection.execute(_one_statement(shape), *values)
        return
    prepare, insert = _staged(shape)
    await connection.execute(prepare)
    for each in filled:
        await connection.copy_records_to_table(
            _stage(each.table), records=each.rows, columns=each.columns
        )
    await connection.execute(insert)


_Shape = tuple[tuple[sa.Table, tuple[str, ...]], ...]


def _stage(table: sa.Table) -> str:
    return f"stage_{table.schema}_{table.name}"


@lru_cache(maxsize=256)
def _one_statement(shape: _Shape) -> str:
    """Inserts from arrays, one for each table, in a single statement.

    Foreign keys between them hold: they are checked when the whole statement is done.
    """
    inserts, parameter = [], 0
    for number, (table, columns) in enumerate(shape):
        arrays = []
        for column in columns:
            parameter += 1
            kind = table.c[column].type.compile(_DIALECT)
            arrays.append(f"${parameter}::{kind}[]")
        # The names come from the program's own metadata, never from input; so below as well.
        inserts.append(
            f"t{number} AS (INSERT INTO {table.schema}.{table.name} ({', '.join(columns)}) "  # noqa: S608 (our own names)
            f"SELECT * FROM unnest({', '.join(arrays)}))"
        )
    return f"WITH {', '.join(inserts)} SELECT"


@lru_cache(maxsize=256)
def _staged(shape: _Shape) -> tuple[str, str]:
    """What makes and empties the stages, and what inserts from them."""
    prepare = "; ".join(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {_stage(table)} ON COMMIT DELETE ROWS "  # noqa: S608 (our own names)
        f"AS SELECT * FROM {table.schema}.{table.name} WITH NO DATA; TRUNCATE {_stage(table)}"
        for table, _ in shape
    )
    insert = "; ".join(
        f"INSERT INTO {table.schema}.{table.name} (tenant_id, {', '.join(columns)}) "  # noqa: S608 (our own names)
        f"SELECT (SELECT core.current_tenant()), {', '.join(columns)} FROM {_stage(table)}"
        for table, columns in shape
    )
    return prepare, insert
