"""B2: 2,000 monthly subscriptions of two services, running, 100 to a transaction."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.rows import Row, at_least, measured, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import (
    BATCH,
    CUSTOMERS,
    DUE_ON,
    PASSES,
    Subscribers,
    add_subscriptions,
    subscribers,
)

TARGET = 5_000

_FOUND = """
SELECT (SELECT count(*) FROM billing.subscriptions WHERE status = 'active' AND next_bill_on = $1),
       (SELECT count(*) FROM billing.subscription_items WHERE quantity = 1),
       (SELECT sum(amount) FROM billing.mrr_movements WHERE kind = 'new'),
       (SELECT count(*) FROM events.outbox WHERE name = 'billing.subscription_started')
"""


async def bench(stage: Stage) -> list[Row]:
    """Subscriptions brought to where the billing run picks them up, a tenant for each pass."""
    count = stage.full(CUSTOMERS, 400)
    async with stage.database() as database:
        second = await subscribers(database, "second", count)
        await add_subscriptions(database, second, [DUE_ON] * count)
        given = [await subscribers(database, "b2", count) for _ in range(stage.full(PASSES, 1))]
    await stage.settle()
    warm = replace(second, customer_ids=second.customer_ids[:BATCH])
    passes = [await alone(_subscribe, stage, warm, one) for one in given]
    work = f"monthly, of 2 items, running, {BATCH} a transaction"
    row = measured("B2", work, "subscriptions", count, passes)
    return [row.aimed(at_least(row.rate, TARGET))]


async def _subscribe(stage: Stage, warm: Subscribers, given: Subscribers) -> Usage:
    count = len(given.customer_ids)
    async with stage.database(pool_size=1) as database:
        await add_subscriptions(database, warm, [DUE_ON] * BATCH)  # a process that has worked
        before = await stage.writes(given.tenant_id)
        with stage.usage() as used:
            await add_subscriptions(database, given, [DUE_ON] * count)
    commits = await stage.writes(given.tenant_id) - before
    found = await stage.found(given.tenant_id, _FOUND, DUE_ON)
    expected = (count, 2 * count, Decimal("34.40") * count, count)
    require("running, items, monthly revenue, facts", found, expected)
    require("a commit for each batch", commits >= count // BATCH, expected=True)
    return used
