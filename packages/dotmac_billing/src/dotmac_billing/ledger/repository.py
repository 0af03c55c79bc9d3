"""Every query of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.chart import CHART
from dotmac_billing.ledger.models import LedgerEntry, LedgerPosting
from dotmac_billing.mapped_base import table_of
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection, new_id

_ENTRY = (
    *("id", "occurred_on", "source_type", "source_id"),
    *("currency", "description", "created_at"),
)
_POSTING = ("id", "entry_id", "account_id", "customer_id", "amount")

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


def ledger_tables(
    entries: Sequence[tuple[Any, ...]],
    postings: Sequence[tuple[Any, ...]],
    *,
    reversing: bool = False,
) -> list[TableRows]:
    """Entries (id, day, source type, source id, currency, description, made at) and their postings
    (id, entry, account, customer, amount), for `copy_tables`.

    With `reversing`, each entry has the one it takes back (or None) as its last value.

    All postings of an entry belong into one call: PostgreSQL checks that they sum to zero.
    """
    return [
        TableRows(
            table_of(LedgerEntry), (*_ENTRY, "reverses_id") if reversing else _ENTRY, entries
        ),
        TableRows(table_of(LedgerPosting), _POSTING, postings),
    ]


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

    async def append(self, tables: Sequence[TableRows]) -> None:
        """Write what `ledger_tables` made.

        Raises:
            asyncpg.CheckViolationError: an entry does not sum to zero.
        """
        await copy_tables(self._session, tables)

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
