"""Queries of statements: the books' postings on what a customer owes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

_CUSTOMER = "SELECT id, code, name, currency, time_zone FROM billing.customers WHERE id = $1"
# Postings of a customer are those on the receivable account; an index finds them.
_OPENING = """
SELECT e.currency, sum(p.amount) AS amount FROM billing.ledger_postings p
JOIN billing.ledger_entries e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
JOIN billing.ledger_accounts a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
WHERE p.customer_id = $1 AND a.code = 'receivable' AND e.occurred_on < $2
GROUP BY e.currency HAVING sum(p.amount) <> 0
"""
_MOVEMENTS = """
SELECT e.occurred_on, e.source_type, e.source_id, e.currency, e.description, p.amount,
  coalesce(i.number, n.number, w.number, y.reference) AS number
FROM billing.ledger_postings p
JOIN billing.ledger_entries e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
JOIN billing.ledger_accounts a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
LEFT JOIN billing.invoices i ON i.tenant_id = e.tenant_id AND i.id = e.source_id
  AND e.source_type IN ('invoice', 'invoice_void')
LEFT JOIN billing.credit_notes n ON n.tenant_id = e.tenant_id AND n.id = e.source_id
  AND e.source_type = 'credit_note'
LEFT JOIN billing.payments y ON y.tenant_id = e.tenant_id AND y.id = e.source_id
  AND e.source_type = 'payment'
LEFT JOIN LATERAL (
  SELECT given_up.number FROM billing.write_offs o
  JOIN billing.invoices given_up ON given_up.id = o.invoice_id
  WHERE o.id = e.source_id AND e.source_type = 'write_off') w ON true
WHERE p.customer_id = $1 AND a.code = 'receivable' AND e.occurred_on BETWEEN $2 AND $3
ORDER BY e.occurred_on, e.created_at, e.id
"""


class StatementRepository:
    """Reads the books of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def customer(self, customer_id: UUID) -> asyncpg.Record | None:
        """Code, name, currency and zone of a customer."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_CUSTOMER, customer_id)

    async def openings(self, customer_id: UUID, before: date) -> dict[str, Decimal]:
        """What was owed at the beginning of that day, by currency."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_OPENING, customer_id, before)
        return {row["currency"]: row["amount"] for row in rows}

    async def movements(
        self, customer_id: UUID, from_on: date, to_on: date
    ) -> list[dict[str, Any]]:
        """What changed what is owed on those days, both included, in order."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_MOVEMENTS, customer_id, from_on, to_on)
        return [dict(row) for row in rows]
