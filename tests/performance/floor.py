"""The floor of a bill run: its rows once more, by plain INSERT … SELECT, for another tenant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg

from dotmac_core_ops.database import Database
from tests.performance import telco
from tests.performance.harness.measuring import Usage
from tests.performance.harness.rows import require
from tests.performance.harness.stage import Connection, Stage


class Table(NamedTuple):
    """A table, and which of its rows are meant."""

    name: str
    where: str = "true"

    @property
    def stage(self) -> str:
        """The temporary table that holds the rows."""
        return "floor_" + self.name.replace(".", "_")


GIVEN = (
    Table("billing.customers"),
    Table("billing.plans"),
    Table("billing.plan_versions"),
    Table("billing.price_components"),
    Table("billing.subscriptions"),
    Table("billing.payments"),
    Table("billing.ledger_accounts"),
)
"""What the written rows refer to."""

WRITTEN = (
    Table("billing.ledger_entries", "source_type = 'invoice'"),
    Table(
        "billing.ledger_postings",
        "entry_id IN (SELECT id FROM billing.ledger_entries WHERE source_type = 'invoice')",
    ),
    Table("billing.invoices"),
    Table("billing.invoice_balances"),
    Table("billing.invoice_lines"),
    Table("billing.invoice_taxes"),
    Table("billing.payment_allocations"),
    Table("events.outbox", "name = 'billing.invoice_issued'"),
)
"""What the run writes for each invoice. What it changes (next dates, credit left) is left out."""


NewTenant = Callable[[Database, str], Awaitable[UUID]]


async def insert_again(
    stage: Stage,
    tenant_id: UUID,
    written: Sequence[Table] = WRITTEN,
    new_tenant: NewTenant = telco.new_tenant,
) -> Usage:
    """Insert what a run wrote for `tenant_id` as another tenant, under the product's role.

    One transaction with one statement for each table: row-level security, keys, indexes and
    triggers do their work, and nobody else's. The rows wait in temporary tables, ids included.
    """
    async with stage.database() as database:
        other = await new_tenant(database, "floor")
    connection = await asyncpg.connect(
        stage.url, server_settings={"role": "dotmac_app", "jit": "off"}
    )
    try:
        columns = await _columns(connection)
        await _bind(connection, tenant_id)
        for table in (*GIVEN, *written):
            await connection.execute(
                f"CREATE TEMPORARY TABLE {table.stage} AS "
                f"SELECT {columns[table.name]} FROM {table.name} WHERE {table.where}"
            )
        expected = await _counts(connection, written)
        await connection.execute("COMMIT")
        await _bind(connection, other)
        await connection.execute(_inserts(GIVEN, columns))
        await connection.execute("COMMIT")
        inserts = _inserts(written, columns)
        with stage.usage() as used:
            await _bind(connection, other)
            await connection.execute(inserts)
            await connection.execute("COMMIT")
        await _bind(connection, other)
        require("rows written again", await _counts(connection, written), expected)
    finally:
        await connection.close()
    return used


async def _bind(connection: Connection, tenant_id: UUID) -> None:
    await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{tenant_id}'")


async def _columns(connection: Connection) -> dict[str, str]:
    """The columns of each table but the tenant, for a statement."""
    return {
        table.name: await connection.fetchval(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attname <> 'tenant_id'",
            table.name,
        )
        for table in (*GIVEN, *WRITTEN)
    }


def _inserts(tables: Sequence[Table], columns: dict[str, str]) -> str:
    return "; ".join(
        f"INSERT INTO {table.name} (tenant_id, {columns[table.name]}) "
        f"SELECT (SELECT core.current_tenant()), {columns[table.name]} FROM {table.stage}"
        for table in tables
    )


async def _counts(connection: Connection, written: Sequence[Table]) -> list[int]:
    return [
        await connection.fetchval(f"SELECT count(*) FROM {table.name} WHERE {table.where}")
        for table in written
    ]
