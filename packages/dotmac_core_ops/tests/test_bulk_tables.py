from itertools import pairwise

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import (
    Database,
    TableRows,
    clock_of,
    copy_tables,
    driver_connection,
    insert_staged,
    new_id,
    new_ids,
    stage_tables,
)
from dotmac_core_ops.tables import SCHEMA
from dotmac_core_ops.testing import Tenant

LOG = SCHEMA.metadata.tables["core.audit_log"]
COLUMNS = ("id", "at", "actor", "actor_kind", "action", "target_type", "target_id", "after")


def entries(session: AsyncSession, count: int) -> TableRows:
    at = clock_of(session).now()
    return TableRows(
        LOG,
        COLUMNS,
        [(one, at, "system", "system", "test", "thing", "1", '{"n": 1}') for one in new_ids(count)],
    )


async def count(session: AsyncSession) -> int:
    return int((await session.execute(sa.select(sa.func.count()).select_from(LOG))).scalar_one())


@pytest.mark.parametrize("many", [1, 2000, 2001])
async def test_rows_are_written_for_the_tenant(session: AsyncSession, many: int) -> None:
    await copy_tables(session, [entries(session, many), entries(session, 0)])

    assert await count(session) == many


async def test_a_stage_is_empty_when_it_is_used_again(session: AsyncSession) -> None:
    for _ in range(2):
        await copy_tables(session, [entries(session, 2001)])

    assert await count(session) == 4002


@pytest.mark.parametrize("many", [2, 2002])
async def test_a_broken_key_refuses_everything(
    database: Database, tenant: Tenant, many: int
) -> None:
    async def write_twice(session: AsyncSession) -> None:
        rows = entries(session, many)
        await copy_tables(session, [rows._replace(rows=[*rows.rows, rows.rows[0]])])

    with pytest.raises(asyncpg.UniqueViolationError):
        await database.run(tenant.id, write_twice)

    async with database.transaction(tenant.id) as session:
        assert await count(session) == 0


async def test_what_comes_late_takes_the_place_of_what_was_staged(session: AsyncSession) -> None:
    rows = entries(session, 3)
    staged = await stage_tables(session, [rows, entries(session, 0)])
    assert await count(session) == 0

    first, second, _ = (row[0] for row in rows.rows)
    late = TableRows(
        LOG, ("id", "target_id", "after"), [(second, "9", '{"m": 2}'), (first, "8", "{}")]
    )
    await insert_staged(session, staged, [late])

    found = await session.execute(
        sa.select(LOG.c.id, LOG.c.action, LOG.c.target_id, LOG.c.after).order_by(LOG.c.id)
    )
    assert [tuple(row) for row in found] == [
        (first, "test", "8", {"n": 1}),
        (second, "test", "9", {"n": 1, "m": 2}),
    ]


async def test_staged_rows_are_kept_to_their_transaction(
    database: Database, tenant: Tenant
) -> None:
    for _ in range(2):
        async with database.transaction(tenant.id) as session:
            await insert_staged(session, await stage_tables(session, [entries(session, 2)]), [])
        async with database.transaction(tenant.id) as session:
            await stage_tables(session, [entries(session, 2)])

    async with database.transaction(tenant.id) as session:
        assert await count(session) == 4


async def test_nothing_is_nothing(session: AsyncSession) -> None:
    await copy_tables(session, [])

    assert await count(session) == 0


async def test_the_driver_connection_is_that_of_the_transaction(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        first = await driver_connection(session)
        assert await driver_connection(session) is first
        assert first.is_in_transaction()


def test_ids_made_together_are_ascending_and_of_version_7() -> None:
    ids = new_ids(1000)

    assert all(a < b for a, b in pairwise(ids))
    assert {(one.version, one.variant) for one in ids} == {(7, new_id().variant)}
    assert len({*ids, *new_ids(1000)}) == 2000
