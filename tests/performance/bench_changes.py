"""changes: 5,000 changes of plan, each with credit and charge, after five years of bills."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from statistics import median, quantiles
from time import perf_counter
from uuid import UUID

from dotmac_billing import NewComponent, NewPlan, NewTerms, check_books, publish_plan, run_billing
from dotmac_billing.catalog.terms import ChangeBehaviour
from dotmac_billing.changes.wanted import WantedPlan, When
from dotmac_billing.modifications.service import ModificationService
from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.rows import Row, Target, measured, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import Subscribers, add_subscriptions, subscribers

SUBSCRIPTIONS, ROUNDS = 1_000, 5
SINCE, THROUGH = date(2021, 11, 1), date(2026, 11, 1)
MONTHS = 61
LONGEST_SECONDS = 0.050
NOW = When(behaviour=ChangeBehaviour.NOW_WITH_CREDIT)

# On 20 November 11 of 30 days are left: 34.40 and 64.50 a month are 12.61 and 23.65.
_FOUND = """
SELECT (SELECT count(*) FROM billing.invoices), (SELECT count(*) FROM billing.subscription_changes),
  (SELECT sum(amount) FROM billing.pending_lines
   WHERE invoice_id IS NULL AND withdrawn_at IS NULL)
"""


async def bench(stage: Stage) -> list[Row]:
    """Up and down in turns, each change a transaction of its own; p50 and p99."""
    count = stage.full(SUBSCRIPTIONS, 50)
    async with stage.database() as database:
        given = await subscribers(database, "changes", count)
        await add_subscriptions(database, given, [SINCE] * count, batch=1_000)
        await run_billing(database, given.tenant_id, THROUGH, historical=True)
        async with database.transaction(given.tenant_id) as session:
            parts = (
                NewComponent("NET", "Internet", Decimal("60.00"), tax_code="VAT"),
                NewComponent("TEL", "Telephone", Decimal("4.50"), tax_code="VAT"),
            )
            terms = NewTerms(parts, available_from=date(2020, 1, 1))
            large = await publish_plan(session, NewPlan("LARGE", "Large", terms))
    await stage.settle()
    used, taken = await alone(_change, stage, given, large.id)
    p50, p99 = median(taken), quantiles(taken, n=100)[-1]
    work = "changes of plan with five years of history, one a transaction"
    row = measured("changes", work, "changes", len(taken), [used])
    reached = Target("p99 < 50 ms", p99 < LONGEST_SECONDS)
    ratio = f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"
    return [Row(**(vars(row) | {"ratio": ratio})).aimed(reached)]


async def _change(stage: Stage, given: Subscribers, large: UUID) -> tuple[Usage, list[float]]:
    count = len(given.customer_ids)
    taken = []
    async with stage.database(pool_size=1) as database:
        async with database.read(given.tenant_id) as connection:
            rows = await connection.fetch("SELECT id FROM billing.subscriptions ORDER BY id")
        with stage.usage() as used:
            for turn in range(ROUNDS):
                wanted = WantedPlan(given.plan_version_id if turn % 2 else large)
                for row in rows:
                    began = perf_counter()
                    async with database.transaction(given.tenant_id) as session:
                        await ModificationService(session).change_plan(row["id"], wanted, NOW)
                    taken.append(perf_counter() - began)
        async with database.transaction(given.tenant_id) as session:
            require("findings in the books", await check_books(session), [])
    found = await stage.found(given.tenant_id, _FOUND)
    # Up, down, up, down, up: in the end once from small to large for 11 of 30 days.
    moved = (Decimal("64.50") - Decimal("34.40")) * 11 / 30
    require("invoices, changes", found[:2], (MONTHS * count, ROUNDS * count))
    require("what waits to be billed", round(found[2] / count, 1), round(moved, 1))
    return used, taken
