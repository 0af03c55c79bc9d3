from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import text

from dotmac_core_ops.database import Database, new_id, sqlstate
from dotmac_core_ops.tenants import (
    TenantNotFoundError,
    TenantSlugTakenError,
    active_tenants,
    register_tenant,
    set_tenant_active,
    tenant_by_slug,
)
from dotmac_core_ops.testing import Tenant

pytestmark = pytest.mark.usefixtures("family_tables")


async def parent(database: Database, tenant: Tenant, code: str = "a") -> UUID:
    """A new parent of the tenant."""
    parent_id = new_id()
    async with database.transaction(tenant.id) as session:
        await session.execute(
            text("INSERT INTO family.parents (id, code) VALUES (:id, :code)"),
            {"id": parent_id, "code": code},
        )
    return parent_id


async def refused(database: Database, tenant: Tenant, statement: str, **values: object) -> str:
    """The SQLSTATE with which `statement` is refused to the tenant."""
    with pytest.raises(DBAPIError) as refusal:
        async with database.transaction(tenant.id) as session:
            await session.execute(text(statement), values)
    return sqlstate(refusal.value) or ""


async def test_a_row_belongs_to_the_tenant_that_wrote_it(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    await parent(database, tenant)

    async with database.read(tenant.id) as connection:
        assert await connection.fetchval("SELECT tenant_id FROM family.parents") == tenant.id
    async with database.read(second_tenant.id) as connection:
        assert await connection.fetchval("SELECT count(*) FROM family.parents") == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE family.parents SET code = 'stolen'",
        "UPDATE family.parents SET code = 'stolen' WHERE id = :id",
        "UPDATE family.parents SET code = 'stolen' WHERE tenant_id = :owner",
        "DELETE FROM family.parents WHERE id = :id OR tenant_id = :owner",
    ],
)
async def test_another_tenants_change_affects_nothing(
    database: Database, tenant: Tenant, second_tenant: Tenant, change: str
) -> None:
    parent_id = await parent(database, tenant)
    values = {"id": parent_id, "owner": tenant.id}
    used = {name: value for name, value in values.items() if f":{name}" in change}

    async with database.transaction(second_tenant.id) as session:
        await session.execute(text(change), used)

    async with database.read(tenant.id) as connection:
        assert await connection.fetchval("SELECT code FROM family.parents") == "a"


async def test_a_row_for_another_tenant_cannot_be_written(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    insert = "INSERT INTO family.parents (tenant_id, id, code) VALUES (:owner, :id, 'a')"
    move = "UPDATE family.parents SET tenant_id = :owner"
    await parent(database, tenant)

    assert await refused(database, tenant, insert, owner=second_tenant.id, id=new_id()) == "42501"
    assert await refused(database, tenant, move, owner=second_tenant.id) == "42501"


async def test_a_reference_to_another_tenants_row_is_impossible(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    parent_id = await parent(database, tenant)
    child = "INSERT INTO family.children (id, parent_id, amount) VALUES (:id, :parent, 1)"

    assert await refused(database, second_tenant, child, id=new_id(), parent=parent_id) == "23503"
    async with database.transaction(tenant.id) as session:
        await session.execute(text(child), {"id": new_id(), "parent": parent_id})


async def test_each_tenant_has_its_own_codes(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    await parent(database, tenant, "a")
    await parent(database, second_tenant, "a")
    again = "INSERT INTO family.parents (id, code) VALUES (:id, 'a')"

    assert await refused(database, tenant, again, id=new_id()) == "23505"


async def test_a_connection_bound_to_nobody_sees_and_writes_nothing(
    database: Database, tenant: Tenant
) -> None:
    await parent(database, tenant)
    connection = await database.connect_raw("dotmac_app")

    assert await connection.fetchval("SELECT count(*) FROM family.parents") == 0
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await connection.execute("INSERT INTO family.parents (id, code) VALUES ($1, 'a')", new_id())

    assert refusal.value.sqlstate in {"23502", "42501"}
    await connection.close()


async def test_the_policy_binds_the_owner_too(
    database: Database, database_url: str, tenant: Tenant
) -> None:
    await parent(database, tenant)
    connection = await asyncpg.connect(database_url)
    await connection.execute("SET ROLE dotmac_owner")

    assert await connection.fetchval("SELECT count(*) FROM family.parents") == 0

    await connection.close()


async def test_the_relay_has_no_way_to_a_tenants_table(database: Database) -> None:
    connection = await database.connect_raw("dotmac_relay")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch("SELECT * FROM family.parents")

    await connection.close()


async def test_the_tenant_is_asked_for_once_per_query(database: Database, tenant: Tenant) -> None:
    async with database.read(tenant.id) as connection:
        plan = await connection.fetch("EXPLAIN SELECT * FROM family.children")

    assert "InitPlan" in "\n".join(row[0] for row in plan)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE family.postings SET id = id",
        "DELETE FROM family.postings",
        "TRUNCATE family.postings",
    ],
)
async def test_what_is_append_only_stays(
    database: Database, database_url: str, tenant: Tenant, change: str
) -> None:
    async with database.transaction(tenant.id) as session:
        await session.execute(
            text("INSERT INTO family.postings (id) VALUES (:id)"), {"id": new_id()}
        )

    assert await refused(database, tenant, change) == "42501"
    owner = await asyncpg.connect(database_url)
    await owner.execute("SET ROLE dotmac_owner")
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute(change)
    await owner.close()


async def test_a_short_name_is_taken_once(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    async with database.transaction(new_id()) as session:
        with pytest.raises(TenantSlugTakenError) as refusal:
            await register_tenant(session, tenant.slug)

    assert refusal.value.details == {"tenant": tenant.slug}
    assert (await tenant_by_slug(database, tenant.slug)).id == tenant.id
    assert (await tenant_by_slug(database, second_tenant.slug)).id == second_tenant.id


async def test_a_tenant_sees_and_switches_only_itself(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        assert list((await session.execute(text("SELECT id FROM core.tenants"))).scalars()) == [
            tenant.id
        ]
        await session.execute(text("UPDATE core.tenants SET is_active = false"))

    listed = {found.id for found in await active_tenants(database)}
    assert second_tenant.id in listed
    assert tenant.id not in listed


async def test_an_inactive_tenant_is_not_found(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        await set_tenant_active(session, is_active=False)

    with pytest.raises(TenantNotFoundError):
        await tenant_by_slug(database, tenant.slug)

    async with database.transaction(tenant.id) as session:
        await set_tenant_active(session, is_active=True)
    assert (await tenant_by_slug(database, tenant.slug)).id == tenant.id
