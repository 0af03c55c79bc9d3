"""Queries of wallets that invoices use."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mapped_base import table_of
from dotmac_billing.wallets.grants import EVERYTHING, Grant, Spent, WalletScope
from dotmac_billing.wallets.models import WalletMovement
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection

MOVEMENT = (
    *("id", "wallet_id", "grant_id", "kind", "amount", "occurred_on", "invoice_id", "note"),
    "created_at",
)

# Joined to the wanted ids, not compared with an array; see the payments' repository.
_GRANTS = """
SELECT g.id, g.wallet_id, g.customer_id, g.currency, g.is_paid, g.remaining, g.priority,
       g.expires_on, g.granted_at, w.plan_ids, w.component_codes, w.subscription_id
FROM unnest($1::uuid[]) AS asked(id)
JOIN billing.wallet_grants g ON g.customer_id = asked.id
JOIN billing.wallets w ON w.id = g.wallet_id
WHERE g.remaining > 0 AND NOT g.is_pending AND (g.expires_on IS NULL OR g.expires_on > $2)
ORDER BY g.id FOR NO KEY UPDATE OF g
"""
_SPEND = """
UPDATE billing.wallet_grants g SET remaining = g.remaining - s.amount
FROM unnest($1::uuid[], $2::numeric[]) AS s(id, amount)
WHERE g.id = s.id
RETURNING g.id, g.wallet_id, g.customer_id, g.currency, g.is_paid
"""
_LOW = """
SELECT w.id, w.customer_id, w.currency, w.low_below, coalesce(sum(g.remaining), 0) AS balance
FROM unnest($1::uuid[]) AS asked(id)
JOIN billing.wallets w ON w.id = asked.id AND w.low_below IS NOT NULL AND w.closed_at IS NULL
LEFT JOIN billing.wallet_grants g ON g.wallet_id = w.id AND g.remaining > 0 AND NOT g.is_pending
GROUP BY w.id, w.customer_id, w.currency, w.low_below
HAVING coalesce(sum(g.remaining), 0) < w.low_below
ORDER BY w.id
"""


def _scope(row: asyncpg.Record) -> WalletScope:
    plans, codes = row["plan_ids"], row["component_codes"]
    if not plans and not codes and row["subscription_id"] is None:
        return EVERYTHING
    return WalletScope(
        frozenset(UUID(one) for one in plans), frozenset(codes), row["subscription_id"]
    )


class SpendingRepository:
    """What invoices take from the wallets of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def grants(self, customer_ids: Collection[UUID], on: date) -> list[Grant]:
        """What these customers can use on a day; held until the transaction ends."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_GRANTS, list(customer_ids), on)
        return [
            Grant(
                id=row["id"],
                wallet_id=row["wallet_id"],
                customer_id=row["customer_id"],
                currency=row["currency"],
                is_paid=row["is_paid"],
                left=row["remaining"],
                priority=row["priority"],
                expires_on=row["expires_on"],
                granted_at=row["granted_at"],
                scope=_scope(row),
            )
            for row in rows
        ]

    async def spend(self, spent: Sequence[Spent]) -> dict[UUID, asyncpg.Record]:
        """Take the amounts off what remains of the grants; the grants by id."""
        sums: dict[UUID, Any] = {}
        for one in spent:
            sums[one.grant_id] = sums.get(one.grant_id, 0) + one.amount
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_SPEND, list(sums), list(sums.values()))
        return {row["id"]: row for row in rows}

    async def low(self, wallet_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Those of these wallets that hold less than the amount at which somebody is told."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_LOW, list(wallet_ids))

    async def add_movements(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows with values in the order of `MOVEMENT`."""
        await copy_tables(self._session, [TableRows(table_of(WalletMovement), MOVEMENT, rows)])
