"""Queries of reports."""

from __future__ import annotations

from datetime import date

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

# What was due on a day follows from what had happened by then. A payment of an invoice that was
# issued later counts from the day of issue on; until then it is credit.
_AGEING = """
WITH settled AS (
  SELECT a.invoice_id, a.payment_id, a.amount FROM billing.payment_allocations a
  JOIN billing.invoices i ON i.tenant_id = a.tenant_id AND i.id = a.invoice_id
  WHERE greatest(a.allocated_on, i.issued_on) <= $1
), taken AS (
  SELECT invoice_id, sum(amount) AS amount FROM (
    SELECT invoice_id, amount FROM settled
    UNION ALL SELECT invoice_id, -amount FROM billing.wallet_movements
      WHERE kind IN ('drawn', 'returned') AND occurred_on <= $1
    UNION ALL SELECT invoice_id, amount FROM billing.write_offs WHERE occurred_on <= $1
  ) parts GROUP BY invoice_id
), owed AS (
  SELECT i.customer_id, i.currency, $1::date - i.due_on AS days,
    i.total - coalesce(t.amount, 0) AS due
  FROM billing.invoices i
  JOIN billing.invoice_balances b ON b.tenant_id = i.tenant_id AND b.id = i.id
  LEFT JOIN taken t ON t.invoice_id = i.id
  WHERE i.issued_on <= $1 AND i.total > 0
    AND NOT (b.status = 'void' AND coalesce(b.closed_on <= $1, true))
), aged AS (
  SELECT customer_id, currency,
    coalesce(sum(due) FILTER (WHERE days <= 0), 0) AS current,
    coalesce(sum(due) FILTER (WHERE days BETWEEN 1 AND 30), 0) AS days_1_30,
    coalesce(sum(due) FILTER (WHERE days BETWEEN 31 AND 60), 0) AS days_31_60,
    coalesce(sum(due) FILTER (WHERE days BETWEEN 61 AND 90), 0) AS days_61_90,
    coalesce(sum(due) FILTER (WHERE days > 90), 0) AS days_over_90
  FROM owed GROUP BY customer_id, currency
), credit AS (
  SELECT customer_id, currency, sum(amount) AS credit FROM (
    SELECT customer_id, currency, amount FROM billing.payments WHERE received_on <= $1
    UNION ALL SELECT p.customer_id, p.currency, -s.amount FROM settled s
      JOIN billing.payments p ON p.id = s.payment_id
    UNION ALL SELECT p.customer_id, p.currency, -m.amount FROM billing.wallet_grants g
      JOIN billing.wallet_movements m ON m.grant_id = g.id AND m.kind IN ('granted', 'voided')
      JOIN billing.payments p ON p.id = g.payment_id
      WHERE m.occurred_on <= $1
  ) parts GROUP BY customer_id, currency
), booked AS (
  SELECT p.customer_id, e.currency, sum(p.amount) AS amount
  FROM billing.ledger_postings p
  JOIN billing.ledger_entries e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
  WHERE p.customer_id IS NOT NULL AND e.occurred_on <= $1 GROUP BY p.customer_id, e.currency
), all_sides AS (
  SELECT customer_id, currency, coalesce(current, 0) AS current,
    coalesce(days_1_30, 0) AS days_1_30, coalesce(days_31_60, 0) AS days_31_60,
    coalesce(days_61_90, 0) AS days_61_90, coalesce(days_over_90, 0) AS days_over_90,
    coalesce(credit, 0) AS credit, coalesce(amount, 0) AS in_books
  FROM aged FULL JOIN credit USING (customer_id, currency)
  FULL JOIN booked USING (customer_id, currency)
)
SELECT s.*, c.code, c.name FROM all_sides s JOIN billing.customers c ON c.id = s.customer_id
WHERE (s.current, s.days_1_30, s.days_31_60, s.days_61_90, s.days_over_90, s.credit, s.in_books)
  <> (0, 0, 0, 0, 0, 0, 0)
ORDER BY s.currency, c.code
"""


class ReportRepository:
    """Reads the session's tenant's figures."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ageing(self, as_of: date) -> list[asyncpg.Record]:
        """What each customer owed at the end of a day, by age, by currency and code."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_AGEING, as_of)
