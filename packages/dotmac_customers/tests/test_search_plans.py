"""Search must stay an index scan below row-level security, and writing must stay set-wise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Database, driver_connection, new_id
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerKind, CustomerService, CustomerState, NewCustomer
from dotmac_customers.directory import repository
from dotmac_customers.directory.filters import Wanted

SOMEBODY = new_id()


class Explaining:
    """A connection that shows how PostgreSQL would answer instead of answering."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.plan = ""

    async def execute(self, statement: str) -> None:
        await self._connection.execute(statement)

    async def fetchrow(self, statement: str, *parameters: object) -> dict[str, object]:
        lines = await self._connection.fetch(f"EXPLAIN {statement}", *parameters)
        self.plan = "\n".join(line[0] for line in lines)
        return {"documents": "[]", "total": 1}


@pytest.fixture
async def explaining(database: Database, tenant: Tenant) -> AsyncIterator[Explaining]:
    async with database.transaction(tenant.id) as session:
        # A small table is read whole, and sorted, even where an index could answer: whether it is
        # depends on statistics that come and go, so take that choice away.
        for choice in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            await session.execute(sa.text(f"SET LOCAL {choice} = off"))
        yield Explaining(await driver_connection(session))


@pytest.mark.parametrize(
    ("wanted", "conditions"),
    [
        (Wanted(q="ann"), ["kind = ANY ('{0,3}'::integer[])) AND (term >= 'ann'", "term < 'ann"]),
        (Wanted(tag="vip"), ["kind = 1) AND (term = 'vip'"]),
        (Wanted(state=CustomerState.CHURNED), ["ix_customers_not_active"]),
        (Wanted(kind=CustomerKind.ENTERPRISE), ["ix_customers_other_kinds"]),
        (Wanted(parent_id=SOMEBODY), ["parent_id = "]),
        (Wanted(assignee_id=SOMEBODY), ["assignee_id = "]),
        (Wanted(list_id=SOMEBODY), ["segment_id = "]),
        (Wanted(field_values=(("plan", "Gold"),)), ["kind = 2) AND (term = 'plan=gold'"]),
    ],
)
async def test_an_index_answers_below_row_level_security(
    explaining: Explaining, wanted: Wanted, conditions: list[str]
) -> None:
    await repository.page(explaining, wanted, offset=0, limit=20)  # type: ignore[arg-type]  # it explains

    indexed = [line for line in explaining.plan.splitlines() if "Index" in line]
    for condition in conditions:
        assert any(condition in line for line in indexed), explaining.plan


@pytest.mark.parametrize("sort", ["name", "number", "created_at"])
async def test_a_page_is_cut_out_of_an_index(explaining: Explaining, sort: str) -> None:
    wanted = Wanted(sort=sort)
    await repository.page(explaining, wanted, offset=0, limit=20)  # type: ignore[arg-type]  # it explains

    assert "Limit" in explaining.plan
    assert "Backward" in explaining.plan


async def test_many_customers_take_as_many_statements_as_a_few(session: AsyncSession) -> None:
    counts = []
    connection = await driver_connection(session)
    for size in (10, 1000):
        statements: list[str] = []

        def count(record: asyncpg.connection.LoggedQuery, into: list[str] = statements) -> None:
            into.append(record.query)

        new = [NewCustomer(name=f"Customer {n}", tags=("new",)) for n in range(size)]
        with connection.query_logger(count):
            await CustomerService.within(session).create_many(new)
        counts.append(len(statements))

    assert counts[0] <= 12
    assert counts[1] <= counts[0] + 4


@pytest.mark.parametrize(("count", "wanted"), [(1_100, Wanted(tag="new")), (30, Wanted(q="fred"))])
async def test_pages_of_many_and_of_few_are_in_order_and_counted(
    session: AsyncSession, count: int, wanted: Wanted
) -> None:
    new = [NewCustomer(name=f"Fred {n:04}", tags=("new",)) for n in reversed(range(count))]
    others = [NewCustomer(name=f"Bert {n:04}") for n in range(10)]
    await CustomerService.within(session).create_many([*new, *others])
    by_name = replace(wanted, sort="name", descending=False)
    connection = await driver_connection(session)

    found = await repository.page(connection, by_name, offset=10, limit=5)
    beyond = await repository.page(connection, by_name, offset=count, limit=5)

    assert [one["name"] for one in orjson.loads(found.documents)] == [
        f"Fred {n:04}" for n in range(10, 15)
    ]
    assert (found.total, beyond.total, beyond.documents) == (count, count, "[]")
