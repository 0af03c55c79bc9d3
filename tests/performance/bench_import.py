"""import: the telco file, 7,043 subscribers with their items, agreed prices and past payments."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from dotmac_billing import check_books, recurring_revenue
from tests.performance import telco
from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.rows import Row, at_least, measured, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import PASSES

TARGET = 3_000

_FOUND = """
SELECT (SELECT count(*) FROM customers.customers), (SELECT count(*) FROM billing.customers),
       (SELECT count(*) FROM billing.subscriptions), (SELECT sum(amount) FROM billing.payments)
"""


async def bench(stage: Stage) -> list[Row]:
    """The whole file into a new tenant, each pass beside the tenants of those before it."""
    file = telco.require_file()
    with TemporaryDirectory() as folder:
        path = telco.every(20, Path(folder)) if stage.quick else file
        await stage.settle()
        passes = [await alone(_import, stage, path) for _ in range(stage.full(PASSES, 1))]
        count = telco.expected(path).subscribers
    row = measured(
        "import", "the telco file with subscriptions and payments", "subscribers", count, passes
    )
    return [row.aimed(at_least(row.rate, TARGET))]


async def _import(stage: Stage, path: Path) -> Usage:
    expected = telco.expected(path)
    async with stage.database() as database:
        tenant_id = await telco.new_tenant(database)
        with stage.usage() as used:
            result = await telco.import_subscribers(database, tenant_id, path)
        async with database.transaction(tenant_id) as session:
            findings = await check_books(session)
            standings = await recurring_revenue(session, telco.AS_OF)
    people, found = expected.subscribers, await stage.found(tenant_id, _FOUND)
    require("rejected", result.rejected, 0)
    require("customers, accounts, subscriptions, paid", found, (*(people,) * 3, expected.paid))
    require("monthly revenue", [one.amount for one in standings], [expected.monthly])
    require("findings in the books", findings, [])
    return used
