"""Every query of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.chart import CHART
from dotmac_billing.ledger.models import LedgerEntry, LedgerPosting
from dotmac_billing.ledger.turnover import BEGINNING, Reach, reach
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

# Each span is made of months whose sums are kept and days of entries; see `turnover.py`.
_TURNOVER = """
SELECT a.code, a.name, a.kind, a.external_code, parts.currency, sum(parts.opening) AS opening,
  sum(parts.debit) AS debit, sum(parts.credit) AS credit
FROM (
  SELECT account_id, currency, debit - credit AS opening, 0 AS debit, 0 AS credit
  FROM billing.ledger_month_sums WHERE month >= $1 AND month < $2
  UNION ALL
  SELECT account_id, currency, 0, debit, credit
  FROM billing.ledger_month_sums WHERE month >= $5 AND month < $6
  UNION ALL
  SELECT p.account_id, e.currency, sum(p.amount), 0, 0
  FROM billing.ledger_entries e
  JOIN billing.ledger_postings p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
  WHERE e.occurred_on >= $3 AND e.occurred_on < $4 GROUP BY 1, 2
  UNION ALL
  SELECT p.account_id, e.currency, 0, sum(greatest(p.amount, 0)), -sum(least(p.amount, 0))
  FROM billing.ledger_entries e
  JOIN billing.ledger_postings p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
  WHERE e.occurred_on >= $7 AND e.occurred_on < $8 GROUP BY 1, 2
) parts
JOIN billing.ledger_accounts a ON a.id = parts.account_id
GROUP BY a.code, a.name, a.kind, a.external_code, parts.currency
ORDER BY parts.currency, a.code
"""
_KEEP_SUMS = """
INSERT INTO billing.ledger_month_sums (id, month, account_id, currency, debit, credit)
SELECT gen_random_uuid(), date_trunc('month', e.occurred_on)::date, p.account_id, e.currency,
  sum(greatest(p.amount, 0)), -sum(least(p.amount, 0))
FROM billing.ledger_entries e
JOIN billing.ledger_postings p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
WHERE ($1::date IS NULL OR e.occurred_on > $1) AND e.occurred_on <= $2 GROUP BY 2, 3, 4
"""
_DROP_SUMS = "DELETE FROM billing.ledger_month_sums WHERE month >= $1"
_FIRST_KEPT = "SELECT min(month) FROM billing.ledger_month_sums"
_CLOSE = "UPDATE billing.settings SET books_closed_on = $1"
# Whoever posts holds it shared until it commits; see the trigger on the entries.
_STOP_POSTING = """
SELECT pg_advisory_xact_lock(hashtextextended('ledger ' || core.current_tenant(), 0))
"""
_CLOSED_ON = "SELECT books_closed_on FROM billing.settings"

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

    async def turnover(self, opening: Reach, moved: Reach) -> list[asyncpg.Record]:
        """Opening, debits and credits of each account and currency over those spans."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_TURNOVER, *opening, *moved)

    async def balances(self, as_of: date | None) -> list[dict[str, Any]]:
        """Balance of each account and currency, up to and including `as_of`, by account."""
        end = date.max if as_of is None else as_of + timedelta(days=1)
        nothing = reach(BEGINNING, BEGINNING, None)
        rows = await self.turnover(nothing, reach(BEGINNING, end, await self.closed_on()))
        found = [{**dict(row), "balance": row["debit"] - row["credit"]} for row in rows]
        return sorted(found, key=lambda row: (row["code"], row["currency"]))

    async def close(self, before: date | None, through: date) -> None:
        """Keep the sums of the months after `before` up to `through`, and let nothing in any more.

        Waits for those who are posting.
        """
        connection = await driver_connection(self._session)
        await connection.execute(_STOP_POSTING)
        await connection.execute(_KEEP_SUMS, before, through)
        await connection.execute(_CLOSE, through)

    async def reopen(self, month: date, closed_on: date | None) -> None:
        """Take away what is kept from `month` on; the books stay closed up to `closed_on`."""
        connection = await driver_connection(self._session)
        await connection.execute(_STOP_POSTING)
        await connection.execute(_DROP_SUMS, month)
        await connection.execute(_CLOSE, closed_on)

    async def first_kept(self) -> date | None:
        """The first month whose sums are kept."""
        connection = await driver_connection(self._session)
        found: date | None = await connection.fetchval(_FIRST_KEPT)
        return found

    async def closed_on(self) -> date | None:
        """The last day up to which the books are closed."""
        connection = await driver_connection(self._session)
        found: date | None = await connection.fetchval(_CLOSED_ON)
        return found

    async def entries(
        self, source_type: str | None, source_id: UUID | None, limit: int, offset: int
    ) -> tuple[list[asyncpg.Record], list[asyncpg.Record], int]:
        """Entries, newest first, with their postings and the number of all that match."""
        connection = await driver_connection(self._session)
        entries = await connection.fetch(_ENTRIES, source_type, source_id, limit, offset)
        postings = await connection.fetch(_POSTINGS, [row["id"] for row in entries])
        total = await connection.fetchval(_COUNT_ENTRIES, source_type, source_id)
        return entries, postings, int(total)
