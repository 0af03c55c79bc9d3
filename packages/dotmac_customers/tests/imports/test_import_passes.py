"""What happens to an import that is interrupted, or not alone."""

from __future__ import annotations

import asyncio
import io
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa

from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerService, NewCustomer
from dotmac_customers.imports.columns import Mode
from dotmac_customers.imports.models import CustomerImport
from dotmac_customers.imports.running.service import ImportPass
from dotmac_customers.imports.service import ImportService
from dotmac_customers.imports.undoing.service import UndoPass, begin_undo

from .samples import table


class WorkerKilledError(Exception):
    """The worker is gone."""


async def goes_on() -> None:
    """Nothing happens between two chunks."""


async def killed() -> None:
    """The worker is gone after its first chunk."""
    raise WorkerKilledError


async def begun(database: Database, tenant: Tenant, numbers: list[str]) -> UUID:
    """An import that waits to be run."""
    content = table(("number", "name"), *((number, f"Customer {number}") for number in numbers))
    async with database.transaction(tenant.id) as session:
        service = ImportService(session)
        about = await service.upload("customers.csv", io.BytesIO(content))
        await service.check(about.id, about.mapping, Mode.UPSERT)
    await ImportPass(database, tenant.id, about.id).run(goes_on)
    async with database.transaction(tenant.id) as session:
        await ImportService(session).start(about.id)
    return about.id


async def read(database: Database, tenant: Tenant, import_id: UUID) -> CustomerImport:
    async with database.transaction(tenant.id) as session:
        return await ImportService(session).by_id(import_id)


async def numbers_of(database: Database, tenant: Tenant) -> list[str]:
    async with database.transaction(tenant.id) as session:
        found = await session.scalars(
            sa.text("SELECT number FROM customers.customers ORDER BY number")
        )
        return list(found)


async def test_an_import_whose_worker_was_killed_is_gone_on_with_and_repeats_nothing(
    database: Database, tenant: Tenant
) -> None:
    # B-1 comes up a second time behind the point of the crash.
    import_id = await begun(database, tenant, ["B-1", "B-2", "B-3", "B-4", "B-1"])

    with pytest.raises(WorkerKilledError):
        await ImportPass(database, tenant.id, import_id, chunk=2).run(killed)
    half = await read(database, tenant, import_id)
    await ImportPass(database, tenant.id, import_id, chunk=2).run(goes_on)
    done = await read(database, tenant, import_id)
    await ImportPass(database, tenant.id, import_id).run(goes_on)

    assert (half.state.value, half.done, half.created) == ("running", 2, 2)
    assert (done.state.value, done.created, done.changed, done.refused) == ("done", 4, 0, 1)
    assert await numbers_of(database, tenant) == ["B-1", "B-2", "B-3", "B-4"]


async def test_an_undo_whose_worker_was_killed_is_gone_on_with(
    database: Database, tenant: Tenant
) -> None:
    import_id = await begun(database, tenant, ["B-1", "B-2", "B-3"])
    await ImportPass(database, tenant.id, import_id).run(goes_on)
    async with database.transaction(tenant.id) as session:
        await begin_undo(session, import_id, leave_changed=False)

    with pytest.raises(WorkerKilledError):
        await UndoPass(database, tenant.id, import_id, chunk=2).run(killed)
    left = await numbers_of(database, tenant)
    await UndoPass(database, tenant.id, import_id, chunk=2).run(goes_on)

    after = await read(database, tenant, import_id)
    assert left == ["B-3"]
    assert await numbers_of(database, tenant) == []
    assert (after.state.value, after.undone) == ("undone", 3)


async def test_two_imports_at_once_and_the_same_one_twice_make_each_customer_once(
    database: Database, tenant: Tenant
) -> None:
    first = await begun(database, tenant, [f"B-{n}" for n in range(12)])
    second = await begun(database, tenant, [f"B-{n}" for n in reversed(range(6, 18))])

    await asyncio.gather(
        ImportPass(database, tenant.id, first, chunk=3).run(goes_on),
        ImportPass(database, tenant.id, first, chunk=3).run(goes_on),
        ImportPass(database, tenant.id, second, chunk=3).run(goes_on),
    )

    done = [await read(database, tenant, each) for each in (first, second)]
    assert len(await numbers_of(database, tenant)) == 18
    assert sum(one.created for one in done) == 18
    assert sum(one.changed + one.same for one in done) == 6
    assert {one.refused for one in done} == {0}


async def test_a_hundred_rows_take_as_many_statements_as_ten(
    database: Database, tenant: Tenant
) -> None:
    counts = []
    for size in (10, 100):
        async with database.transaction(tenant.id) as session:
            known = [NewCustomer(number=f"K{size}-{n}", name="Old") for n in range(size)]
            await CustomerService.within(session).create_many(known)
        numbers = [f"{kind}{size}-{n}" for n in range(size) for kind in "KN"]
        import_id = await begun(database, tenant, numbers)
        statements: list[str] = []

        def count(record: asyncpg.connection.LoggedQuery, into: list[str] = statements) -> None:
            into.append(record.query)

        one_connection = Database(database.raw_url, clock=database.clock, pool_size=1)
        async with one_connection.transaction(tenant.id) as session:
            connection = await driver_connection(session)
            connection.add_query_logger(count)
        await ImportPass(one_connection, tenant.id, import_id).run(goes_on)
        await one_connection.close()
        done = await read(database, tenant, import_id)
        assert (done.created, done.changed) == (size, size)
        counts.append(len(statements))

    assert counts[0] > 10
    assert counts[1] <= counts[0] + 10
