"""Many rows of several tables in one go: for work that fills a dozen tables at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database.bulk import driver_connection
from dotmac_core_ops.database.engine import RawConnection

_FEW = 2000
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy has no annotation here


class TableRows(NamedTuple):
    """Rows for a table: values in the order of `columns`, without `tenant_id`; JSON as text."""

    table: sa.Table
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


_Shape = tuple[tuple[sa.Table, tuple[str, ...]], ...]


class StagedTables(NamedTuple):
    """What `stage_tables` has staged: the tables with their columns."""

    shape: _Shape


class _Statements(NamedTuple):
    """What makes and empties the stages, and what inserts from them."""

    prepare: str
    insert: str


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
    await _stage_rows(connection, shape, filled)
    await connection.execute(_staged(shape).insert)


async def stage_tables(session: AsyncSession, filled: Sequence[TableRows]) -> StagedTables:
    """COPY rows to where `insert_staged` finds them later in the same transaction.

    For rows that wait for something over which others queue, such as consecutive numbers: their way
    from the program to the server is then behind them. A table can be staged once at a time.
    """
    filled = [each for each in filled if each.rows]
    shape = tuple((each.table, each.columns) for each in filled)
    if filled:
        await _stage_rows(await driver_connection(session), shape, filled)
    return StagedTables(shape)


async def insert_staged(
    session: AsyncSession, staged: StagedTables, late: Sequence[TableRows]
) -> None:
    """Insert what was staged, all in one statement, with what came late of some of the tables.

    Late rows have the key of a staged row first; their other columns, which were staged as well,
    take the place of what was staged. A JSON object is merged into the staged one. Of a table with
    late rows, a staged row that is not among them is left out.
    """
    connection = await driver_connection(session)
    statement = _late_insert(staged.shape, tuple((each.table, each.columns) for each in late))
    values = [column for each in late for column in zip(*each.rows, strict=True)]
    await connection.execute(statement, *values)


async def _stage_rows(
    connection: RawConnection, shape: _Shape, filled: Sequence[TableRows]
) -> None:
    await connection.execute(_staged(shape).prepare)
    for each in filled:
        await connection.copy_records_to_table(
            _stage(each.table), records=each.rows, columns=each.columns
        )


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
def _staged(shape: _Shape) -> _Statements:
    prepare = "; ".join(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {_stage(table)} ON COMMIT DELETE ROWS "  # noqa: S608 (our own names)
        f"AS SELECT * FROM {table.schema}.{table.name} WITH NO DATA; TRUNCATE {_stage(table)}"
        for table, _ in shape
    )
    return _Statements(prepare, "; ".join(_insert(table, columns) for table, columns in shape))


@lru_cache(maxsize=256)
def _late_insert(shape: _Shape, late: _Shape) -> str:
    """One statement, so that foreign keys between the tables are checked when all is there."""
    given: dict[sa.Table, tuple[tuple[str, ...], str]] = {}
    parameter = 0
    for table, columns in late:
        arrays = []
        for column in columns:
            parameter += 1
            arrays.append(f"${parameter}::{table.c[column].type.compile(_DIALECT)}[]")
        given[table] = columns, ", ".join(arrays)
    inserts = [
        f"t{number} AS ({_insert(table, columns, *given.get(table, ((), '')))})"
        for number, (table, columns) in enumerate(shape)
    ]
    return f"WITH {', '.join(inserts)} SELECT"


def _insert(
    table: sa.Table, columns: tuple[str, ...], late: tuple[str, ...] = (), arrays: str = ""
) -> str:
    values = ", ".join(_value(table, column, late) for column in columns)
    source = f"{_stage(table)} s"
    if late:
        key, arrived = late[0], f"unnest({arrays}) AS l({', '.join(late)})"
        source = f"{arrived} JOIN {source} ON s.{key} = l.{key}"
    return (
        f"INSERT INTO {table.schema}.{table.name} (tenant_id, {', '.join(columns)}) "  # noqa: S608 (our own names)
        f"SELECT (SELECT core.current_tenant()), {values} FROM {source}"
    )


def _value(table: sa.Table, column: str, late: tuple[str, ...]) -> str:
    if column not in late[1:]:
        return f"s.{column}"
    if isinstance(table.c[column].type, postgresql.JSONB):
        return f"s.{column} || l.{column}"
    return f"l.{column}"
