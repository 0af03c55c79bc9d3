"""Queries of the chart and of the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import PooledConnection, driver_connection

_AT_ONCE = 2000
_CHART = "SELECT code, name, kind, external_code, is_own FROM billing.ledger_accounts ORDER BY code"
_OPEN = """
INSERT INTO billing.ledger_accounts (id, code, name, kind, external_code, is_own)
VALUES ($1, $2, $3, $4, $5, true) ON CONFLICT DO NOTHING
RETURNING code, name, kind, external_code, is_own
"""
_MAP = """
UPDATE billing.ledger_accounts SET external_code = $2 WHERE code = $1
RETURNING code, name, kind, external_code, is_own
"""
_JOURNAL = """
SELECT e.id AS entry_id, e.occurred_on, e.source_type, e.source_id, e.description, e.currency,
  a.code AS account, coalesce(a.external_code, a.code) AS external_code, c.code AS customer,
  greatest(p.amount, 0) AS debit, -least(p.amount, 0) AS credit, e.reverses_id
FROM billing.ledger_entries e
JOIN billing.ledger_postings p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
JOIN billing.ledger_accounts a ON a.tenant_id = p.tenant_id AND a.id = p.account_id
LEFT JOIN billing.customers c ON c.tenant_id = p.tenant_id AND c.id = p.customer_id
WHERE e.occurred_on >= $1 AND e.occurred_on <= $2
ORDER BY e.occurred_on, e.id, p.id
"""
JOURNAL_COLUMNS = (
    *("entry_id", "occurred_on", "source_type", "source_id", "description", "currency"),
    *("account", "external_code", "customer", "debit", "credit", "reverses_id"),
)
"""What `journal` gives of each posting."""


class ChartRepository:
    """The session's tenant's accounts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def chart(self) -> list[asyncpg.Record]:
        """All accounts by code."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_CHART)

    async def open(
        self, account_id: UUID, code: str, name: str, kind: str, external_code: str | None
    ) -> asyncpg.Record | None:
        """A new account of the tenant's own; None when there is one of that code."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_OPEN, account_id, code, name, kind, external_code)

    async def map(self, code: str, external_code: str | None) -> asyncpg.Record | None:
        """Say what the accounting system calls an account; None when there is no such account."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_MAP, code, external_code)


async def journal(
    connection: PooledConnection, from_on: date, to_on: date
) -> AsyncIterator[list[asyncpg.Record]]:
    """Every posting of those days, both included, entry by entry, some thousands at a time."""
    cursor = await connection.cursor(_JOURNAL, from_on, to_on)
    while rows := await cursor.fetch(_AT_ONCE):
        yield rows
