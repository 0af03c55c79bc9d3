"""Every table of a tenant is closed to the others: by policy, by key, by index, by grant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from tests.architecture.catalogue import Table, tables
from tests.architecture.tree import no_problems

# Tables that belong to no tenant, and why that is right.
WITHOUT_TENANT = {
    "public.alembic_version": "which migrations have run; Alembic's own",
    "core.tenants": "the list of tenants; its policy isolates on id",
    "events.schedules": "the latest tick of each schedule; app has no right on it",
}
# What the relay, which serves all tenants, may reach. Nothing else is granted to it.
RELAY_TABLES: dict[str, set[str]] = {
    "public.alembic_version": {"SELECT"},
    "core.tenants": {"SELECT"},
    "events.outbox": {"SELECT", "UPDATE"},
    "events.jobs": {"SELECT", "INSERT", "UPDATE"},
    "events.schedules": {"SELECT", "INSERT", "UPDATE"},
    "core.domains": {"SELECT"},
}
# Indexes that are not led by the tenant, and why.
INDEXES_ACROSS_TENANTS: dict[str, str] = {
    "events.ix_outbox_due": "the worker takes what is due of all tenants, oldest first",
    "events.ix_jobs_due": "the worker takes what is due of all tenants, by priority",
    "core.uq_domains_verified": "a proved domain leads to one tenant of all",
}

APP = "dotmac_app"
RELAY = "dotmac_relay"
POLICY = "(tenant_id = ( SELECT core.current_tenant() AS current_tenant))"
COMMANDS = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d"}


def open_rows(table: Table) -> Iterator[str]:
    """Ways in which rows of `table` could be seen or written by another tenant."""
    if not table.has_tenant and table.name not in WITHOUT_TENANT:
        yield f"{table.name} has no tenant_id"
    closed = table.enabled and table.forced
    if table.grants.get(APP, set()) - {"SELECT"} and not (table.has_tenant or closed):
        yield f"{table.name} has no tenant_id and no policy, and app may write it"
    if not table.has_tenant or (table.is_partition and APP not in table.grants):
        return  # a partition is reached through its parent, whose policies then hold
    if not closed:
        yield f"{table.name} does not force row-level security"
    for policy in table.policies:
        expressions = {policy["using"], policy["check"]} - {None}
        if policy["roles"] != [RELAY] and expressions != {POLICY}:
            yield f"{table.name}: policy {policy['name']} is {sorted(expressions)}"
    for command, letter in COMMANDS.items():
        if not any(_covers(policy, letter) for policy in table.policies):
            yield f"{table.name} has no policy for {command}"


def _covers(policy: asyncpg.Record, letter: str) -> bool:
    to_app = {"public", APP} & set(policy["roles"])
    return bool(to_app) and policy["permissive"] and policy["command"] in {"*", letter}


def loose_keys(table: Table) -> Iterator[str]:
    """Keys and indexes of `table` that are not led by the tenant."""
    if not table.has_tenant:
        return
    if not any(index["primary"] for index in table.indexes):
        yield f"{table.name} has no primary key"
    for index in table.indexes:
        leads = index["columns"][0] == "tenant_id"
        if not leads and index["name"] not in INDEXES_ACROSS_TENANTS:
            yield f"{table.name}: index {index['name']} is not led by tenant_id"
        if index["primary"] and "id" in index["columns"][2:]:
            yield f"{table.name}: the primary key is not (tenant_id, id)"
    for key in table.foreign_keys:
        if key["target_schema"] != key["schema"]:
            yield f"{table.name}: {key['name']} points into another package's schema"
        elif not key["columns"][0] == key["target_columns"][0] == "tenant_id":
            yield f"{table.name}: {key['name']} does not start with tenant_id"


def loose_grants(table: Table) -> Iterator[str]:
    """Rights on `table` that role app or relay should not have."""
    app = table.grants.get(APP, set())
    allowed = (
        {"SELECT", "INSERT"} if table.append_only else {"SELECT", "INSERT", "UPDATE", "DELETE"}
    )
    if excess := app - allowed:
        yield f"{table.name}: app may {', '.join(sorted(excess))}"
    if excess := table.grants.get(RELAY, set()) - RELAY_TABLES.get(table.name, set()):
        yield f"{table.name}: relay may {', '.join(sorted(excess))}"
    if others := set(table.grants) - {APP, RELAY}:
        yield f"{table.name}: granted to {', '.join(sorted(others))}"


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner of all tables, with an empty schema `sample`; undone afterwards."""
    connection = await asyncpg.connect(database_url)
    work = connection.transaction()
    await work.start()
    # As the login, which owns the database: in a clone, role owner may not make schemas.
    await connection.execute("CREATE SCHEMA sample AUTHORIZATION dotmac_owner")
    await connection.execute("SET ROLE dotmac_owner")
    yield connection
    await work.rollback()
    await connection.close()


async def test_rows_of_every_table_are_closed_to_other_tenants(owner: asyncpg.Connection) -> None:
    no_problems(problem for table in await tables(owner) for problem in open_rows(table))


async def test_every_key_and_index_is_led_by_the_tenant(owner: asyncpg.Connection) -> None:
    no_problems(problem for table in await tables(owner) for problem in loose_keys(table))


async def test_roles_have_no_right_beyond_their_work(owner: asyncpg.Connection) -> None:
    no_problems(problem for table in await tables(owner) for problem in loose_grants(table))


async def test_no_role_stands_above_row_level_security(owner: asyncpg.Connection) -> None:
    exempt = await owner.fetch(
        "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls) "
        "AND (rolname LIKE 'dotmac%' OR rolname = session_user)"
    )
    assert exempt == []


async def test_app_and_relay_own_nothing(owner: asyncpg.Connection) -> None:
    owned = await owner.fetch(
        # A temporary table, such as bulk writes use, is gone with its connection.
        "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = ANY($1) "
        "AND relpersistence <> 't'",
        [APP, RELAY],
    )
    assert owned == []


GOOD = """
CREATE TABLE sample.thing (
  tenant_id uuid NOT NULL DEFAULT core.current_tenant(), id uuid NOT NULL, code text,
  PRIMARY KEY (tenant_id, id));
ALTER TABLE sample.thing ENABLE ROW LEVEL SECURITY;
ALTER TABLE sample.thing FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON sample.thing
  USING (tenant_id = (SELECT core.current_tenant()))
  WITH CHECK (tenant_id = (SELECT core.current_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON sample.thing TO dotmac_app;
"""

READ_ONLY_POLICY = """
DROP POLICY tenant_isolation ON sample.thing;
CREATE POLICY reads ON sample.thing FOR SELECT
  USING (tenant_id = (SELECT core.current_tenant()));
"""
# Right for the eye, but it asks for the tenant once per row: eight times slower.
POLICY_PER_ROW = """
ALTER POLICY tenant_isolation ON sample.thing USING (tenant_id = core.current_tenant())
"""
APPEND_ONLY_WITH_GRANTS = """
CREATE TRIGGER append_only BEFORE UPDATE ON sample.thing EXECUTE FUNCTION core.refuse_change()
"""
PLAIN_FOREIGN_KEY = """
CREATE TABLE sample.part (tenant_id uuid, id uuid PRIMARY KEY);
ALTER TABLE sample.thing ADD part_id uuid REFERENCES sample.part;
"""


async def problems_of(owner: asyncpg.Connection, change: str) -> list[str]:
    """What the rules say to the good table after `change`."""
    await owner.execute(GOOD + change)
    rules = (open_rows, loose_keys, loose_grants)
    sample = [table for table in await tables(owner) if table.name == "sample.thing"]
    return [problem for table in sample for rule in rules for problem in rule(table)]


async def test_a_table_that_keeps_the_rules_passes(owner: asyncpg.Connection) -> None:
    assert await problems_of(owner, "") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE sample.thing NO FORCE ROW LEVEL SECURITY", "force"),
        ("ALTER TABLE sample.thing DISABLE ROW LEVEL SECURITY", "force"),
        ("CREATE POLICY all_see ON sample.thing FOR SELECT USING (true)", "all_see"),
        ("CREATE INDEX ON sample.thing (code)", "not led by tenant_id"),
        ("CREATE UNIQUE INDEX ON sample.thing (code, tenant_id)", "not led by tenant_id"),
        ("ALTER TABLE sample.thing DROP CONSTRAINT thing_pkey", "no primary key"),
        ("ALTER TABLE sample.thing ADD FOREIGN KEY (id) REFERENCES core.tenants", "another"),
        ("GRANT TRUNCATE ON sample.thing TO dotmac_app", "app may TRUNCATE"),
        ("GRANT SELECT ON sample.thing TO dotmac_relay", "relay may SELECT"),
        ("GRANT SELECT ON sample.thing TO pg_monitor", "granted to pg_monitor"),
        (READ_ONLY_POLICY, "no policy for INSERT"),
        (POLICY_PER_ROW, "tenant_isolation is"),
        (APPEND_ONLY_WITH_GRANTS, "app may DELETE, UPDATE"),
        (PLAIN_FOREIGN_KEY, "does not start with tenant_id"),
    ],
)
async def test_a_table_that_breaks_a_rule_is_found(
    owner: asyncpg.Connection, change: str, said: str
) -> None:
    assert any(said in problem for problem in await problems_of(owner, change))


async def test_a_table_without_tenant_is_found(owner: asyncpg.Connection) -> None:
    change = "ALTER TABLE sample.thing DROP COLUMN tenant_id CASCADE, DISABLE ROW LEVEL SECURITY"
    assert await problems_of(owner, change) == [
        "sample.thing has no tenant_id",
        "sample.thing has no tenant_id and no policy, and app may write it",
    ]
