from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import (
    Database,
    TableRows,
    copy_rows,
    copy_tables,
    driver_connection,
    new_id,
    new_ids,
    tenant_metadata,
)
from dotmac_core_ops.testing import Tenant

pytestmark = pytest.mark.usefixtures("family_tables")

METADATA = tenant_metadata("family")
PARENTS = sa.Table(
    "parents",
    METADATA,
    sa.Column("id", sa.Uuid()),
    sa.Column("code", sa.Text()),
    sa.Column("data", JSONB()),
    sa.Column("tags", sa.ARRAY(sa.Text())),
)
CHILDREN = sa.Table(
    "children",
    METADATA,
    sa.Column("id", sa.Uuid()),
    sa.Column("parent_id", sa.Uuid()),
    sa.Column("amount", sa.Numeric(19, 4)),
)
FEW, MANY = 5, 5000
sizes = pytest.mark.parametrize("count", [1, FEW, MANY], ids=["one", "few", "many"])


def parents(count: int, prefix: str = "p") -> Iterator[tuple[UUID, str]]:
    return ((new_id(), f"{prefix}-{n}") for n in range(count))


async def fetched(session: AsyncSession, query: str) -> object:
    return await (await driver_connection(session)).fetchval(query)


@sizes
async def test_all_rows_arrive_for_the_sessions_tenant(
    session: AsyncSession, tenant: Tenant, count: int
) -> None:
    added = await copy_rows(session, "family.parents", parents(count), columns=("id", "code"))

    assert added == count
    assert await fetched(session, "SELECT count(*) FROM family.parents") == count
    assert await fetched(session, "SELECT DISTINCT tenant_id FROM family.parents") == tenant.id


@sizes
async def test_values_arrive_exactly(session: AsyncSession, count: int) -> None:
    rows = [
        (new_id(), f"code \t\n\\N {n}", '{"n": 1.10}', ["a,b", 'say "hi"', None])
        for n in range(count)
    ]

    await copy_rows(session, PARENTS, rows, columns=("id", "code", "data", "tags"))

    connection = await driver_connection(session)
    stored = await connection.fetch(
        "SELECT id, code, data::text, tags FROM family.parents ORDER BY id"
    )
    assert [tuple(row) for row in stored] == sorted(rows, key=lambda row: row[0])


async def test_no_rows_are_no_work(session: AsyncSession) -> None:
    assert await copy_rows(session, "family.parents", [], columns=("id", "code")) == 0


@sizes
async def test_known_rows_are_left_out_and_not_counted(session: AsyncSession, count: int) -> None:
    columns = ("id", "code")
    await copy_rows(session, "family.parents", parents(count), columns=columns)

    added = await copy_rows(
        session, "family.parents", parents(count + 3), columns=columns, conflict="ignore"
    )

    assert added == 3
    assert await fetched(session, "SELECT count(*) FROM family.parents") == count + 3


@sizes
async def test_a_known_row_refuses_all_when_that_is_asked(
    database: Database, tenant: Tenant, count: int
) -> None:
    async def add() -> None:
        async with database.transaction(tenant.id) as session:
            await copy_rows(
                session, "family.parents", [*parents(count), *parents(1)], columns=("id", "code")
            )

    with pytest.raises(asyncpg.UniqueViolationError):
        await add()

    async with database.read(tenant.id) as connection:
        assert await connection.fetchval("SELECT count(*) FROM family.parents") == 0


@sizes
async def test_the_same_codes_of_another_tenant_are_no_conflict(
    database: Database, tenant: Tenant, second_tenant: Tenant, count: int
) -> None:
    for owner in (tenant, second_tenant):
        async with database.transaction(owner.id) as session:
            assert (
                await copy_rows(session, "family.parents", parents(count), columns=("id", "code"))
                == count
            )


@sizes
async def test_a_row_that_refers_to_another_tenants_is_refused(
    database: Database, tenant: Tenant, second_tenant: Tenant, count: int
) -> None:
    [(parent_id, code)] = parents(1)
    async with database.transaction(tenant.id) as session:
        await copy_rows(session, "family.parents", [(parent_id, code)], columns=("id", "code"))
    children = [(new_id(), parent_id, Decimal(n)) for n in range(count)]

    async def add() -> None:
        async with database.transaction(second_tenant.id) as session:
            await copy_rows(session, CHILDREN, children, columns=("id", "parent_id", "amount"))

    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await add()


async def test_the_stage_is_empty_for_every_use(database: Database, tenant: Tenant) -> None:
    for number in range(2):
        async with database.transaction(tenant.id) as session:
            for part in range(2):
                rows = parents(MANY, f"{number}-{part}")
                assert await copy_rows(session, PARENTS, rows, columns=("id", "code")) == MANY


@sizes
async def test_rows_of_several_tables_are_written_together(
    session: AsyncSession, tenant: Tenant, count: int
) -> None:
    owners = list(parents(count))
    children = [
        (child, owner, Decimal("0.1"))
        for child, (owner, _) in zip(new_ids(count), owners, strict=True)
    ]

    await copy_tables(
        session,
        [
            TableRows(PARENTS, ("id", "code"), owners),
            TableRows(CHILDREN, ("id", "parent_id", "amount"), children),
        ],
    )

    assert await fetched(session, "SELECT count(*) FROM family.parents") == count
    assert await fetched(session, "SELECT sum(amount) FROM family.children") == count * Decimal(
        "0.1"
    )
    assert await fetched(session, "SELECT DISTINCT tenant_id FROM family.children") == tenant.id


@sizes
async def test_one_wrong_row_in_one_table_refuses_all_tables(
    database: Database, tenant: Tenant, count: int
) -> None:
    orphan = [(new_id(), new_id(), Decimal(1))]

    async def add() -> None:
        async with database.transaction(tenant.id) as session:
            await copy_tables(
                session,
                [
                    TableRows(PARENTS, ("id", "code"), list(parents(count))),
                    TableRows(CHILDREN, ("id", "parent_id", "amount"), orphan),
                ],
            )

    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await add()

    async with database.read(tenant.id) as connection:
        assert await connection.fetchval("SELECT count(*) FROM family.parents") == 0


async def test_nothing_to_write_in_several_tables_is_no_work(session: AsyncSession) -> None:
    await copy_tables(session, [TableRows(PARENTS, ("id", "code"), [])])


async def test_the_number_of_statements_does_not_grow_with_the_rows(
    session: AsyncSession,
) -> None:
    connection = await driver_connection(session)
    statements: list[str] = []

    async def copied(count: int) -> int:
        statements.clear()
        await copy_rows(session, PARENTS, parents(count, f"{count}"), columns=("id", "code"))
        await asyncio.sleep(0)  # the driver tells of a statement at its next occasion
        return len(statements)

    with connection.query_logger(lambda query: statements.append(query.query)):
        assert (
            await copied(MANY) == await copied(4 * MANY) == 2
        )  # and a COPY, which it does not tell
