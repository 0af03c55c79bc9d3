"""Every query of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.chart import CHART
from dotmac_core_ops.database import copy_rows, driver_connection, new_id

ENTRY_COLUMNS = (
    *("id", "occurred_on", "source_type", "source_id"),
    *("currency", "description", "created_at"),
)
POSTING_COLUMNS = ("id", "entry_id", "account_id", "customer_id", "amount")

_FEW = 200
# One statement, because the balance of an entry is checked for each statement; and without a stage,
# which pays only for many rows.
_INSERT_POSTINGS = """
INSERT INTO billing.ledger_postings (id, entry_id, account_id, customer_id, amount)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::numeric[])
"""

_ACCOUNTS = "SELECT code, id FROM billing.ledger_accounts"
_OPEN_ACCOUNT = """
INSERT INTO billing.ledger_accounts (id, code, name, kind) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""

_BALANCES = """
SELECT a.code, a.name, a.kind, e.currency, sum(p.amount) AS balance
FROM billing.ledger_postings p
JOIN billing.ledger_accounts a ON a.id = p.account_id
JOIN billing.ledger_entries e ON e.id = p.entry_id
WHERE $1::date IS NULL OR e.occurred_on <= $1
GROUP BY a.code, a.name, a.kind, e.currency
ORDER BY a.code, e.currency
"""

_ENTRIES = """
SELECT e.id, e.occurred_on, e.source_type, e.source_id, e.currency, e.description
FROM billing.ledger_entries e
WHERE ($1::text IS NULL OR e.source_type = $1) AND ($2::uuid IS NULL OR e.source_id = $2)
ORDER BY e.id DESC LIMIT $3 OFFSET $4
"""
_COUNT_ENTRIES = """
SELECT count(*) FROM billing.ledger_entries e
WHERE ($1::text IS NULL OR e.source_type = $1) AND ($2::uuid IS NULL OR e.source_id = $2)
"""
_POSTINGS = """
SELECT p.entry_id, a.code AS account, p.customer_id, p.amount
FROM billing.ledger_postings p JOIN billing.ledger_accounts a ON a.id = p.account_id
WHERE p.entry_id = ANY($1::uuid[]) ORDER BY p.id
"""


class LedgerRepository:
    """Reads and appends the books of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def accounts(self) -> dict[str, UUID]:
        """Accounts by code; opens those of the chart that the tenant does not have yet."""
        connection = await driver_connection(self._session)
        known = {row["code"]: row["id"] for row in await connection.fetch(_ACCOUNTS)}
        missing = [account for account in CHART if account.code not in known]
        if missing:
            rows = [(new_id(), each.code, each.name, each.kind.value) for each in missing]
            await connection.executemany(_OPEN_ACCOUNT, rows)
            known = {row["code"]: row["id"] for row in await connection.fetch(_ACCOUNTS)}
        return known

    async def append(
        self, entries: Sequence[tuple[Any, ...]], postings: list[tuple[Any, ...]]
    ) -> None:
        """Write entries (`ENTRY_COLUMNS`) and all their postings (`POSTING_COLUMNS`).

        Raises:
            asyncpg.CheckViolationError: an entry does not sum to zero.
        """
        await copy_rows(self._session, "billing.ledger_entries", entries, columns=ENTRY_COLUMNS)
        if 0 < len(postings) <= _FEW:
            connection = await driver_connection(self._session)
            await connection.execute(_INSERT_POSTINGS, *zip(*postings, strict=True))
            return
        await copy_rows(self._session, "billing.ledger_postings", postings, columns=POSTING_COLUMNS)

    async def balances(self, as_of: date | None) -> list[asyncpg.Record]:
        """Balance of each account and currency, up to and including `as_of`."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_BALANCES, as_of)

    async def entries(
        self, source_type: str | None, source_id: UUID | None, limit: int, offset: int
    ) -> tuple[list[asyncpg.Record], list[asyncpg.Record], int]:
        """Entries, newest first, with their postings and the number of all that match."""
        connection = await driver_connection(self._session)
        entries = await connection.fetch(_ENTRIES, source_type, source_id, limit, offset)
        postings = await connection.fetch(_POSTINGS, [row["id"] for row in entries])
        total = await connection.fetchval(_COUNT_ENTRIES, source_type, source_id)
        return entries, postings, int(total)
