"""B1: 2,000 customers with a postal and an e-mail address, 100 to a transaction."""

from __future__ import annotations

from uuid import UUID

from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.rows import Row, at_least, measured, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import BATCH, CUSTOMERS, PASSES, add_customers, new_tenant

TARGET = 5_000

_FOUND = """
SELECT (SELECT count(*) FROM customers.customers), (SELECT count(email) FROM customers.customers),
       (SELECT count(*) FROM customers.addresses WHERE kind = 'postal'),
       (SELECT count(*) FROM billing.customers),
       (SELECT count(*) FROM events.outbox WHERE name = 'customers.customer_created')
"""


async def bench(stage: Stage) -> list[Row]:
    """Customers made through the product's front door, in a tenant of its own for each pass."""
    count = stage.full(CUSTOMERS, 400)
    async with stage.database() as database:
        second = await new_tenant(database, "second")
        await add_customers(database, second, count)
    await stage.settle()
    passes = [await alone(_create, stage, second, count) for _ in range(stage.full(PASSES, 1))]
    work = f"with both addresses and billing account, {BATCH} a transaction"
    row = measured("B1", work, "customers", count, passes)
    return [row.aimed(at_least(row.rate, TARGET))]


async def _create(stage: Stage, second: UUID, count: int) -> Usage:
    async with stage.database(pool_size=1) as database:
        await add_customers(database, second, BATCH)  # a process that has worked before
        tenant_id = await new_tenant(database, "b1")
        before = await stage.writes(tenant_id)
        with stage.usage() as used:
            await add_customers(database, tenant_id, count)
    commits = await stage.writes(tenant_id) - before
    found = await stage.found(tenant_id, _FOUND)
    require("customers, e-mails, addresses, accounts, facts", found, (count,) * 5)
    require("a commit for each batch", commits >= count // BATCH, expected=True)
    return used
