"""Queries of wallets that are to be topped up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

_BUYERS = """
SELECT c.id, c.due_rule, c.payment_terms_days, c.version,
       ($2::timestamptz AT TIME ZONE c.time_zone)::date AS today
FROM unnest($1::uuid[]) AS asked(id) JOIN billing.customers c ON c.id = asked.id
"""

# A wallet that is low is topped up once, until the invoice over that is paid.
_DUE = """
SELECT w.id, w.name, w.customer_id, w.currency, w.priority, w.top_up_amount, w.top_up_anchor_on,
       w.top_up_every_months, w.next_top_up_on,
       w.next_top_up_on <= ($1::timestamptz AT TIME ZONE c.time_zone)::date AS has_come
FROM billing.wallets w JOIN billing.customers c ON c.id = w.customer_id
WHERE w.closed_at IS NULL AND w.top_up_amount IS NOT NULL {narrowed}
  AND (w.next_top_up_on <= ($1::timestamptz AT TIME ZONE c.time_zone)::date
    OR (w.tops_up_when_low AND w.low_below > (
          SELECT coalesce(sum(g.remaining), 0) FROM billing.wallet_grants g
          WHERE g.wallet_id = w.id AND g.remaining > 0 AND (g.expires_on IS NULL
            OR g.expires_on > ($1::timestamptz AT TIME ZONE c.time_zone)::date))
        AND NOT EXISTS (SELECT FROM billing.wallet_grants p
          WHERE p.wallet_id = w.id AND p.remaining > 0 AND p.is_pending)))
ORDER BY w.customer_id, w.id LIMIT $2
"""
_ANY_DUE = _DUE.format(narrowed="")
_THEIR_DUE = _DUE.format(
    narrowed="AND EXISTS (SELECT FROM unnest($3::uuid[]) AS a(id) WHERE a.id = w.id)"
)
# What was taken back of a top-up's invoice, by credit notes or by making it void, and is still in
# the wallet. Who voided the credit by hand has taken it back already.
_TAKEN_BACK = """
SELECT g.id, g.wallet_id, g.customer_id, g.currency, g.priority,
       least(g.remaining, back.amount - coalesce(v.amount, 0)) AS amount,
       ($2::timestamptz AT TIME ZONE c.time_zone)::date AS today
FROM unnest($1::uuid[]) AS asked(id)
JOIN billing.wallet_grants g ON g.invoice_id = asked.id AND g.remaining > 0
JOIN billing.customers c ON c.id = g.customer_id
JOIN billing.invoice_balances b ON b.id = asked.id
CROSS JOIN LATERAL (SELECT CASE WHEN b.status = 'void' THEN g.amount ELSE b.amount_credited END
  AS amount) back
LEFT JOIN LATERAL (SELECT -sum(m.amount) AS amount FROM billing.wallet_movements m
  WHERE m.grant_id = g.id AND m.kind = 'voided') v ON true
WHERE back.amount > coalesce(v.amount, 0) ORDER BY g.id
"""
_SETTLE = """
UPDATE billing.wallet_grants g SET is_pending = false
FROM (SELECT p.id FROM unnest($1::uuid[]) AS asked(id)
  JOIN billing.wallet_grants p ON p.invoice_id = asked.id AND p.is_pending
  ORDER BY p.id FOR NO KEY UPDATE OF p) paid
WHERE g.id = paid.id
RETURNING g.id, g.wallet_id, g.customer_id, g.currency, g.remaining, g.invoice_id
"""
_GO_ON = """
UPDATE billing.wallets w SET next_top_up_on = n.next_on
FROM unnest($1::uuid[], $2::date[]) AS n(id, next_on) WHERE w.id = n.id
"""


class TopUpRepository:
    """Wallets and buyers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def buyers(
        self, customer_ids: Collection[UUID], now: datetime
    ) -> dict[UUID, asyncpg.Record]:
        """Terms, version and present day of these customers."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_BUYERS, list(customer_ids), now)
        return {row["id"]: row for row in rows}

    async def due(
        self, now: datetime, most: int, wallet_ids: Collection[UUID] | None = None
    ) -> list[asyncpg.Record]:
        """Wallets whose day has come or that are low, of all or of those named, `most` of them."""
        connection = await driver_connection(self._session)
        if wallet_ids is None:
            return await connection.fetch(_ANY_DUE, now, most)
        return await connection.fetch(_THEIR_DUE, now, most, list(wallet_ids))

    async def taken_back(
        self, invoice_ids: Collection[UUID], now: datetime, *, hold: bool
    ) -> list[asyncpg.Record]:
        """Grants with the amount that the notes on their invoices, or their end, took of it."""
        connection = await driver_connection(self._session)
        query = f"{_TAKEN_BACK} FOR NO KEY UPDATE OF g" if hold else _TAKEN_BACK
        return await connection.fetch(query, list(invoice_ids), now)

    async def settle(self, invoice_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Let credit be used whose invoice is paid; those grants."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_SETTLE, list(invoice_ids))

    async def go_on(self, next_days: Sequence[tuple[UUID, date]]) -> None:
        """Note on which day each wallet (wallet, day) is topped up next."""
        if next_days:
            connection = await driver_connection(self._session)
            await connection.execute(_GO_ON, *zip(*next_days, strict=True))
