"""Another tenant sees nothing and changes nothing, in every table there is.

Each table is given one row of a first tenant, whatever the table is for, and is then tried as role
`app` on behalf of a second tenant. All of it happens in one transaction that is thrown away: the
rules that say what a row must mean (foreign keys, checks, triggers) are dropped in it first, so
that only the isolation of tenants is left to refuse anything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

FIRST, SECOND = uuid4(), uuid4()

# The list of tenants has no owner but itself.
OWNER_COLUMN = {"core.tenants": "id"}

TABLES = """
SELECT c.oid::int, n.nspname || '.' || c.relname AS name, c.relkind = 'p' AS is_partitioned,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'
               AND NOT a.attisdropped) AS has_tenant,
       has_table_privilege('dotmac_app', c.oid, 'SELECT') AS readable
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND NOT c.relispartition
  AND n.nspname !~ '^(pg_|information_schema$)'
ORDER BY name
"""

RULES = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', conrelid::regclass, conname)
FROM pg_constraint WHERE conrelid <> 0 AND contype IN ('f', 'c', 'u') AND conparentid = 0
  AND connamespace::regnamespace::text !~ '^(pg_|information_schema$)'
"""

# What may not be twice, even in two tenants (tests/architecture/test_tables.py says why).
UNIQUE_ACROSS_TENANTS = ("core.uq_domains_verified",)

COLUMNS = """
SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
WHERE attrelid = $1::int::oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
  AND attidentity <> 'a' AND attname <> $2
"""

VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "character varying": "'x'",
    "character": "'x'",
    "boolean": "false",
    "date": "DATE '2026-11-20'",
    "timestamp with time zone": "TIMESTAMPTZ '2026-11-20 12:00+00'",
    "jsonb": "'{}'",
    "bytea": r"'\x00'",
    "inet": "'127.0.0.1'",
    "tsvector": "''",
    "xid8": "'1'",
}
HARMLESS = {"SELECT 0", "UPDATE 0", "DELETE 0", "refused"}
ONE = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}


@dataclass(frozen=True)
class Table:
    """A table, the column that says whose row it is, and a row to try it with."""

    name: str
    owner: str
    columns: tuple[str, ...]
    values: tuple[str, ...]
    oid: int
    is_partitioned: bool

    def insert(self, tenant: UUID) -> str:
        columns = ", ".join((self.owner, *self.columns))
        values = ", ".join((f"'{tenant}'", *self.values))
        return f"INSERT INTO {self.name} ({columns}) VALUES ({values})"

    @property
    def rows_of_first(self) -> str:
        return f"SELECT count(*) FROM {self.name} WHERE {self.owner} = '{FIRST}'"


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner of the tables, without foreign keys, checks and triggers."""
    connection = await asyncpg.connect(database_url)
    work = connection.transaction()
    await work.start()
    await connection.execute("SET ROLE dotmac_owner")
    for (rule,) in await connection.fetch(RULES):
        await connection.execute(rule)
    for index in UNIQUE_ACROSS_TENANTS:
        await connection.execute(f"DROP INDEX {index}")
    yield connection
    await work.rollback()
    await connection.close()


def value_of(kind: str) -> str:
    if kind.endswith("[]"):
        return "'{}'"
    return "1" if kind in ONE else VALUES[kind]


async def tenant_tables(connection: asyncpg.Connection) -> list[Table]:
    """Every table whose rows belong to tenants."""
    found = []
    for row in await connection.fetch(TABLES):
        owner = OWNER_COLUMN.get(row["name"], "tenant_id")
        if not (row["has_tenant"] or row["name"] in OWNER_COLUMN):
            continue
        columns = await connection.fetch(COLUMNS, row["oid"], owner)
        found.append(
            Table(
                row["name"],
                owner,
                tuple(f'"{column["name"]}"' for column in columns),
                tuple(value_of(column["type"]) for column in columns),
                row["oid"],
                row["is_partitioned"],
            )
        )
    return found


async def bind(connection: asyncpg.Connection, role: str, tenant: UUID | None) -> None:
    await connection.execute(f"SET LOCAL ROLE {role}")
    await connection.execute(f"SET LOCAL app.tenant_id = '{tenant or ''}'")


async def give_rows(connection: asyncpg.Connection, tables: list[Table]) -> None:
    """One row of the first tenant in every table."""
    await bind(connection, "dotmac_owner", FIRST)
    for table in tables:
        await connection.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        if table.is_partitioned:
            await connection.execute(
                f"CREATE TABLE {table.name}_isolation PARTITION OF {table.name} DEFAULT"
            )
        await connection.execute(table.insert(FIRST))


async def attempt(connection: asyncpg.Connection, *statements: str) -> str:
    """What PostgreSQL says to the last of `statements`; all of them are undone."""
    said = ""
    trial = connection.transaction()
    await trial.start()
    try:
        for sql in statements:
            said = await connection.execute(sql)
    except asyncpg.InsufficientPrivilegeError:
        said = "refused"
    finally:
        await trial.rollback()
    return said


async def leaks(connection: asyncpg.Connection, table: Table) -> AsyncIterator[str]:
    """What a stranger, and who is nobody, can do to the first tenant's row in `table`."""
    trials = {
        "rows can be seen": (f"SELECT FROM {table.name}",),
        "rows can be changed": (f"UPDATE {table.name} SET {table.owner} = {table.owner}",),
        "rows can be deleted": (f"DELETE FROM {table.name}",),
        "a row of the first tenant can be made": (table.insert(FIRST),),
        "an own row can be given away": (
            table.insert(SECOND),
            f"UPDATE {table.name} SET {table.owner} = '{FIRST}'",
        ),
    }
    for stranger in (SECOND, None):
        await bind(connection, "dotmac_app", stranger)
        for problem, statements in trials.items():
            if await attempt(connection, *statements) not in HARMLESS:
                yield f"{table.name}: {problem} by {'another tenant' if stranger else 'nobody'}"


async def problems_of(connection: asyncpg.Connection, tables: list[Table]) -> list[str]:
    await give_rows(connection, tables)
    problems = [problem for table in tables async for problem in leaks(connection, table)]
    await bind(connection, "dotmac_owner", FIRST)
    counts = {table.name: await connection.fetchval(table.rows_of_first) for table in tables}
    return problems + [f"{name}: {count} rows" for name, count in counts.items() if count != 1]


async def test_no_table_shows_or_takes_anything_across_tenants(owner: asyncpg.Connection) -> None:
    tables = await tenant_tables(owner)

    assert {"core.tenants", "core.audit_log"} <= {table.name for table in tables}
    assert await problems_of(owner, tables) == []


BARE = """
CREATE TABLE core.forgotten (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id));
GRANT SELECT, INSERT, UPDATE, DELETE ON core.forgotten TO dotmac_app;
"""
READS_ALL = """
ALTER TABLE core.forgotten ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON core.forgotten USING (tenant_id = core.current_tenant());
CREATE POLICY all_read ON core.forgotten FOR SELECT USING (true);
"""
GIVES_AWAY = """
ALTER TABLE core.forgotten ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON core.forgotten USING (tenant_id = core.current_tenant()) WITH CHECK (true);
"""


@pytest.mark.parametrize(
    ("policies", "problems"),
    [("", 10), (READS_ALL, 2), (GIVES_AWAY, 3)],
    ids=["none", "all may read", "all may give"],
)
async def test_a_table_that_forgets_its_policy_is_found(
    owner: asyncpg.Connection, policies: str, problems: int
) -> None:
    await owner.execute(BARE + policies)
    forgotten = [t for t in await tenant_tables(owner) if t.name == "core.forgotten"]

    assert len(await problems_of(owner, forgotten)) == problems
