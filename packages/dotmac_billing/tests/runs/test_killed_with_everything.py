"""A run that dies again and again, with usage, discounts, tax, wallets and credit in play."""

import asyncio
import random
import sys
from datetime import date
from pathlib import Path
from typing import Any

from dotmac_billing import check_books, run_billing
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .everything import everything
from .test_many_at_once import killed

SINCE, THROUGH = date(2026, 1, 1), date(2026, 6, 30)
CUSTOMERS = 60
EVENTS = 20
KILLS = 4

# Every figure of every customer, without what differs from one run to the next: ids and numbers.
_INVOICES = """
SELECT c.code, i.bill_on, i.issued_on, i.due_on, i.net, i.tax, i.total, i.discount, b.amount_paid,
  b.amount_due, b.status,
  (SELECT array_agg((l.description, l.quantity, l.unit_price, l.net, l.tax, l.discount, l.tax_rate,
     l.period_start, l.period_end, l.explanation)::text ORDER BY l.position)
   FROM billing.invoice_lines l WHERE l.invoice_id = i.id) AS lines,
  (SELECT array_agg((t.tax_code, t.net, t.tax)::text ORDER BY t.tax_code)
   FROM billing.invoice_taxes t WHERE t.invoice_id = i.id) AS taxes
FROM billing.invoices i JOIN billing.customers c ON c.id = i.customer_id
JOIN billing.invoice_balances b ON b.id = i.id ORDER BY c.code, i.bill_on
"""
_BOOKS = """
SELECT e.occurred_on, e.source_type, a.code, c.code AS customer, sum(p.amount), count(*)
FROM billing.ledger_postings p JOIN billing.ledger_entries e ON e.id = p.entry_id
JOIN billing.ledger_accounts a ON a.id = p.account_id
LEFT JOIN billing.customers c ON c.id = p.customer_id
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_LEFT = """
SELECT c.code, (SELECT sum(unapplied) FROM billing.payment_balances p WHERE p.customer_id = c.id),
  (SELECT sum(remaining) FROM billing.wallet_grants g WHERE g.customer_id = c.id),
  (SELECT array_agg((m.kind, m.amount, m.occurred_on)::text ORDER BY m.occurred_on, m.amount)
   FROM billing.wallet_movements m JOIN billing.wallet_grants g ON g.id = m.grant_id
   WHERE g.customer_id = c.id),
  (SELECT sum(taken_off + uses) FROM billing.coupon_redemptions r WHERE r.customer_id = c.id),
  (SELECT array_agg((s.billed_on, s.next_bill_on, s.usage_billed_until)::text)
   FROM billing.subscriptions s WHERE s.customer_id = c.id)
FROM billing.customers c ORDER BY c.code
"""
_NUMBERS = """
SELECT count(*), min(sequence), max(sequence), count(DISTINCT sequence),
  (SELECT count(*) FROM events.outbox WHERE name = 'billing.invoice_issued')
FROM billing.invoices
"""


async def state(database: Database, tenant: Tenant) -> dict[str, list[Any]]:
    """All that a run leaves behind."""
    async with database.read(tenant.id) as connection:
        return {
            query: [tuple(row) for row in await connection.fetch(query)]
            for query in (_INVOICES, _BOOKS, _LEFT, _NUMBERS)
        }


async def test_a_killed_run_ends_as_an_undisturbed_one_with_everything_in_use(
    database: Database, database_url: str, tenant: Tenant, second_tenant: Tenant
) -> None:
    for one in (tenant, second_tenant):
        async with database.transaction(one.id) as session:
            await everything(session, CUSTOMERS, since=SINCE, events=EVENTS)
    command = [
        *(sys.executable, str(Path(__file__).with_name("killed_run.py"))),
        *(database_url, str(tenant.id), THROUGH.isoformat()),
    ]

    await run_billing(database, second_tenant.id, THROUGH)
    kills, seen = 0, set()
    while kills < KILLS:
        kills += await asyncio.to_thread(killed, command, after=random.randrange(5))  # noqa: S311 (any moment)
        seen.add((await state(database, tenant))[_NUMBERS][0][0])
    await run_billing(database, tenant.id, THROUGH)

    undisturbed, resumed = await state(database, second_tenant), await state(database, tenant)
    for query, rows in undisturbed.items():
        assert resumed[query] == rows
    [(invoices, first, last, distinct, facts)] = undisturbed[_NUMBERS]
    assert (first, last, distinct, facts) == (1, invoices, invoices, invoices)
    assert invoices == CUSTOMERS * 6
    assert len(seen) > 1, "every kill came before or after the work"
    for one in (tenant, second_tenant):
        async with database.transaction(one.id) as session:
            assert await check_books(session) == []
