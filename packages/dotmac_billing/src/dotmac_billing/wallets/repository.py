"""Queries of wallets: what invoices use of them, and what goes into them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mapped_base import table_of
from dotmac_billing.wallets.grants import EVERYTHING, Grant, Spent, WalletScope
from dotmac_billing.wallets.models import Wallet, WalletGrant, WalletMovement
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection

MOVEMENT = (
    *("id", "wallet_id", "grant_id", "kind", "amount", "occurred_on", "invoice_id", "note"),
    "created_at",
)
GRANT = (
    *("id", "wallet_id", "customer_id", "currency", "source", "is_paid", "is_pending", "amount"),
    *("remaining", "priority", "granted_on", "granted_at", "expires_on", "invoice_id"),
    *("payment_id", "rule_id", "note"),
)

# Joined to the wanted ids, not compared with an array; see the payments' repository.
_GRANTS = """
SELECT g.id, g.wallet_id, g.customer_id, g.currency, g.is_paid, g.remaining, g.priority,
       g.expires_on, g.granted_at
FROM unnest($1::uuid[]) AS asked(id)
JOIN billing.wallet_grants g ON g.customer_id = asked.id
WHERE g.remaining > 0 AND NOT g.is_pending AND (g.expires_on IS NULL OR g.expires_on > $2)
ORDER BY g.id FOR NO KEY UPDATE OF g
"""
# Read apart: few wallets are for some things only, and a join of three tables without statistics
# is a gamble.
_SCOPES = """
SELECT w.id, w.plan_ids, w.component_codes, w.subscription_id
FROM unnest($1::uuid[]) AS asked(id) JOIN billing.wallets w ON w.customer_id = asked.id
WHERE w.subscription_id IS NOT NULL OR w.plan_ids <> '[]' OR w.component_codes <> '[]'
"""
_SPEND = """
UPDATE billing.wallet_grants g SET remaining = g.remaining - s.amount
FROM unnest($1::uuid[], $2::numeric[]) AS s(id, amount)
WHERE g.id = s.id
RETURNING g.id, g.wallet_id, g.customer_id, g.currency, g.is_paid
"""
_DRAWN = """
SELECT coalesce(-sum(amount), 0) FROM billing.wallet_movements
WHERE invoice_id = $1 AND kind IN ('drawn', 'returned')
"""
_GIVE_BACK = """
WITH drawn AS (
  SELECT grant_id, -sum(amount) AS amount FROM billing.wallet_movements
  WHERE invoice_id = $1 AND kind IN ('drawn', 'returned') GROUP BY grant_id HAVING sum(amount) < 0
)
UPDATE billing.wallet_grants g SET remaining = g.remaining + d.amount
FROM drawn d WHERE g.id = d.grant_id
RETURNING g.id, g.wallet_id, g.customer_id, g.currency, g.is_paid, d.amount
"""
_LOW = """
SELECT w.id, w.customer_id, w.currency, w.low_below, coalesce(sum(g.remaining), 0) AS balance
FROM unnest($1::uuid[]) AS asked(id)
JOIN billing.wallets w ON w.id = asked.id AND w.low_below IS NOT NULL AND w.closed_at IS NULL
LEFT JOIN billing.wallet_grants g ON g.wallet_id = w.id AND g.remaining > 0 AND NOT g.is_pending
  AND (g.expires_on IS NULL OR g.expires_on > $2)
GROUP BY w.id, w.customer_id, w.currency, w.low_below
HAVING coalesce(sum(g.remaining), 0) < w.low_below
ORDER BY w.id
"""


def _scope(row: asyncpg.Record) -> WalletScope:
    plans = frozenset(UUID(one) for one in row["plan_ids"])
    return WalletScope(plans, frozenset(row["component_codes"]), row["subscription_id"])


class SpendingRepository:
    """What invoices take from the wallets of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def grants(self, customer_ids: Collection[UUID], on: date) -> list[Grant]:
        """What these customers can use on a day; held until the transaction ends."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_GRANTS, list(customer_ids), on)
        if not rows:
            return []
        scopes = {
            row["id"]: _scope(row) for row in await connection.fetch(_SCOPES, list(customer_ids))
        }
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
                scope=scopes.get(row["wallet_id"], EVERYTHING),
            )
            for row in rows
        ]

    async def spend(self, spent: Sequence[Spent]) -> list[asyncpg.Record]:
        """Take the amounts off what remains of the grants; the grants."""
        sums: dict[UUID, Any] = {}
        for one in spent:
            sums[one.grant_id] = sums.get(one.grant_id, 0) + one.amount
        connection = await driver_connection(self._session)
        return await connection.fetch(_SPEND, list(sums), list(sums.values()))

    async def drawn(self, invoice_id: UUID) -> Decimal:
        """How much of an invoice is paid from wallets."""
        connection = await driver_connection(self._session)
        return Decimal(await connection.fetchval(_DRAWN, invoice_id))

    async def give_back(self, invoice_id: UUID) -> list[asyncpg.Record]:
        """Add to grants again what an invoice has drawn of them; the grants with the amounts."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_GIVE_BACK, invoice_id)

    async def low(self, wallet_ids: Collection[UUID], on: date) -> list[asyncpg.Record]:
        """Those of these wallets of which less can be used than when somebody is to be told."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_LOW, list(wallet_ids), on)

    async def add_movements(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows with values in the order of `MOVEMENT`."""
        await copy_tables(self._session, [TableRows(table_of(WalletMovement), MOVEMENT, rows)])


WALLET_SORTS = {"name": Wallet.name, "created_at": Wallet.created_at, "priority": Wallet.priority}
_TAKE = """
UPDATE billing.wallet_grants g SET remaining = g.remaining - t.amount,
  is_pending = g.is_pending AND g.remaining > t.amount
FROM unnest($1::uuid[], $2::numeric[]) AS t(id, amount) WHERE g.id = t.id
"""
_BALANCES = """
SELECT g.wallet_id, coalesce(sum(g.remaining) FILTER (WHERE g.is_paid AND usable), 0) AS paid,
  coalesce(sum(g.remaining) FILTER (WHERE NOT g.is_paid AND usable), 0) AS granted,
  coalesce(sum(g.remaining) FILTER (WHERE g.is_pending), 0) AS pending,
  coalesce(sum(g.remaining), 0) AS remaining
FROM unnest($1::uuid[]) AS asked(id)
JOIN billing.wallet_grants g ON g.wallet_id = asked.id AND g.remaining > 0
JOIN billing.customers c ON c.id = g.customer_id,
LATERAL (SELECT NOT g.is_pending AND (g.expires_on IS NULL
  OR g.expires_on > ($2::timestamptz AT TIME ZONE c.time_zone)::date) AS usable) u
GROUP BY g.wallet_id
"""
_MOVEMENTS = """
SELECT m.id, m.grant_id, m.kind, m.amount, g.is_paid, m.occurred_on, m.invoice_id,
       i.number AS invoice_number, m.note, m.created_at
FROM billing.wallet_movements m
JOIN billing.wallet_grants g ON g.id = m.grant_id
LEFT JOIN billing.invoices i ON i.id = m.invoice_id
WHERE m.wallet_id = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT $2 OFFSET $3
"""
_END_RULES = "UPDATE billing.wallet_rules SET next_on = NULL WHERE wallet_id = $1"
_COUNT_MOVEMENTS = "SELECT count(*) FROM billing.wallet_movements WHERE wallet_id = $1"


@dataclass(frozen=True)
class WalletFilter:
    """Which wallets are wanted; None is any, closed ones only if asked for."""

    customer_id: UUID | None = None
    currency: str | None = None
    with_closed: bool = False


class WalletRepository:
    """Wallets and grants of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, wallet: Wallet) -> None:
        """Insert at once, so that grants can refer to it."""
        self._session.add(wallet)
        await self.flush()

    async def flush(self) -> None:
        """Write what was changed: bulk work reads it past the ORM."""
        await self._session.flush()

    async def find(self, wallet_id: UUID, *, locked: bool = False) -> Wallet | None:
        """The wallet of that id; with `locked`, nobody changes it meanwhile."""
        statement = sa.select(Wallet).where(Wallet.id == wallet_id)
        if locked:
            statement = statement.with_for_update(key_share=True).execution_options(
                populate_existing=True
            )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def grant(self, grant_id: UUID, *, locked: bool = False) -> WalletGrant | None:
        """The grant of that id as it is now; with `locked`, nobody uses it meanwhile."""
        statement = (
            sa.select(WalletGrant)
            .where(WalletGrant.id == grant_id)
            .execution_options(populate_existing=True)
        )
        if locked:
            statement = statement.with_for_update(key_share=True)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def write(
        self,
        grants: Sequence[tuple[Any, ...]],
        movements: Sequence[tuple[Any, ...]],
        taken: Mapping[UUID, Decimal],
    ) -> None:
        """Insert rows in the order of `GRANT` and `MOVEMENT`, and take amounts off grants.

        A grant of which nothing is left is not pending any more.
        """
        if taken:
            connection = await driver_connection(self._session)
            await connection.execute(_TAKE, list(taken), list(taken.values()))
        await copy_tables(
            self._session,
            [
                TableRows(table_of(WalletGrant), GRANT, grants),
                TableRows(table_of(WalletMovement), MOVEMENT, movements),
            ],
        )

    async def balances(
        self, wallet_ids: Collection[UUID], now: datetime
    ) -> dict[UUID, asyncpg.Record]:
        """What can be used of these wallets, paid and granted, and what is pending; if anything."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_BALANCES, list(wallet_ids), now)
        return {row["wallet_id"]: row for row in rows}

    async def end_rules(self, wallet_id: UUID) -> None:
        """Let nothing recurring go into the wallet any more."""
        connection = await driver_connection(self._session)
        await connection.execute(_END_RULES, wallet_id)

    async def movements(
        self, wallet_id: UUID, *, limit: int, offset: int
    ) -> tuple[list[asyncpg.Record], int]:
        """A page of what happened in a wallet, newest first, and the number of all of it."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_MOVEMENTS, wallet_id, limit, offset)
        return rows, int(await connection.fetchval(_COUNT_MOVEMENTS, wallet_id))

    async def grants(
        self, wallet_id: UUID, *, open_only: bool, limit: int, offset: int
    ) -> tuple[list[WalletGrant], int]:
        """A page of a wallet's grants, newest first, and the number of all that match."""
        conditions = [WalletGrant.wallet_id == wallet_id]
        if open_only:
            conditions.append(WalletGrant.remaining > 0)
        rows = await self._session.execute(
            sa.select(WalletGrant)
            .where(*conditions)
            .order_by(WalletGrant.granted_at.desc(), WalletGrant.id.desc())
            .limit(limit)
            .offset(offset)
            .execution_options(populate_existing=True)
        )
        total = sa.select(sa.func.count()).select_from(WalletGrant).where(*conditions)
        return list(rows.scalars()), (await self._session.execute(total)).scalar_one()

    async def page(
        self, wanted: WalletFilter, *, sort: str, descending: bool, offset: int, limit: int
    ) -> tuple[list[Wallet], int]:
        """A page of matching wallets and the number of all that match."""
        conditions: list[sa.ColumnElement[bool]] = []
        if wanted.customer_id is not None:
            conditions.append(Wallet.customer_id == wanted.customer_id)
        if wanted.currency is not None:
            conditions.append(Wallet.currency == wanted.currency)
        if not wanted.with_closed:
            conditions.append(Wallet.closed_at.is_(None))
        column = WALLET_SORTS[sort]
        order = (column.desc(), Wallet.id.desc()) if descending else (column, Wallet.id)
        rows = await self._session.execute(
            sa.select(Wallet).where(*conditions).order_by(*order).offset(offset).limit(limit)
        )
        total = sa.select(sa.func.count()).select_from(Wallet).where(*conditions)
        return list(rows.scalars()), (await self._session.execute(total)).scalar_one()
