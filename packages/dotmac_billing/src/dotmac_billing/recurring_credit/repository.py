"""Queries of recurring credit, and of credit that ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.wallets.models import WalletRule
from dotmac_core_ops.database import driver_connection

# What is due is judged by the day it is for each customer; no zone is more than a day ahead of UTC,
# which the indexes can be asked for. The customers are held first, then asked
# for again what is due of theirs, so that an invoice never waits for them the other way round.
_DUE = """
SELECT DISTINCT g.customer_id FROM billing.wallet_grants g
JOIN billing.customers c ON c.id = g.customer_id
WHERE g.remaining > 0 AND NOT g.is_pending
  AND g.expires_on <= ($1::timestamptz AT TIME ZONE 'UTC')::date + 1
  AND g.expires_on <= ($1::timestamptz AT TIME ZONE c.time_zone)::date
UNION
SELECT w.customer_id FROM billing.wallet_rules r
JOIN billing.wallets w ON w.id = r.wallet_id
JOIN billing.customers c ON c.id = w.customer_id
WHERE r.next_on <= ($1::timestamptz AT TIME ZONE 'UTC')::date + 1
  AND r.next_on <= ($1::timestamptz AT TIME ZONE c.time_zone)::date
ORDER BY 1 LIMIT $2
"""
_ENDED = """
SELECT g.id, g.wallet_id, g.customer_id, g.currency, g.source, g.is_paid, g.remaining,
       g.priority, g.expires_on, g.rule_id, r.anchor_on, r.every_months,
       CASE WHEN g.source = 'recurring' AND r.next_on IS NOT NULL THEN r.rolls_over_up_to END
         AS rolls_over_up_to
FROM unnest($1::uuid[]) AS asked(id)
JOIN billing.customers c ON c.id = asked.id
JOIN billing.wallet_grants g ON g.customer_id = asked.id
LEFT JOIN billing.wallet_rules r ON r.id = g.rule_id
WHERE g.remaining > 0 AND NOT g.is_pending
  AND g.expires_on <= ($2::timestamptz AT TIME ZONE c.time_zone)::date
ORDER BY g.id FOR NO KEY UPDATE OF g
"""
_RULES = """
SELECT r.id, r.wallet_id, w.customer_id, w.currency, r.priority, r.amount, r.every_months,
       r.anchor_on, r.next_on, r.keeps, least(r.ends_on, s.end_on) AS ends_on,
       ($2::timestamptz AT TIME ZONE c.time_zone)::date AS today
FROM unnest($1::uuid[]) AS asked(id)
JOIN billing.customers c ON c.id = asked.id
JOIN billing.wallets w ON w.customer_id = asked.id AND w.closed_at IS NULL
JOIN billing.wallet_rules r ON r.wallet_id = w.id
LEFT JOIN billing.subscriptions s ON s.id = r.subscription_id
WHERE r.next_on <= ($2::timestamptz AT TIME ZONE c.time_zone)::date
ORDER BY r.id FOR NO KEY UPDATE OF r
"""
_GO_ON = """
UPDATE billing.wallet_rules r SET next_on = n.next_on
FROM unnest($1::uuid[], $2::date[]) AS n(id, next_on) WHERE r.id = n.id
"""


class RecurringCreditRepository:
    """Rules and due grants of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, rule: WalletRule) -> None:
        """Insert at once, so that its grants can refer to it."""
        self._session.add(rule)
        await self._session.flush()  # grants are written past the ORM

    async def find(self, rule_id: UUID) -> WalletRule | None:
        """The rule of that id as it is now, held until the transaction ends."""
        found = await self._session.execute(
            sa.select(WalletRule)
            .where(WalletRule.id == rule_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return found.scalar_one_or_none()

    async def of_wallet(self, wallet_id: UUID) -> list[WalletRule]:
        """The rules of a wallet, the oldest first, ended ones too."""
        found = await self._session.execute(
            sa.select(WalletRule)
            .where(WalletRule.wallet_id == wallet_id)
            .order_by(WalletRule.id)
            .execution_options(populate_existing=True)
        )
        return list(found.scalars())

    async def due_customers(self, now: datetime, most: int) -> list[UUID]:
        """Customers with credit that ends or begins by now, `most` of them."""
        connection = await driver_connection(self._session)
        return [row[0] for row in await connection.fetch(_DUE, now, most)]

    async def ended(self, customer_ids: Collection[UUID], now: datetime) -> list[asyncpg.Record]:
        """Grants of these customers that have expired with something left; held."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_ENDED, list(customer_ids), now)

    async def due_rules(
        self, customer_ids: Collection[UUID], now: datetime
    ) -> list[asyncpg.Record]:
        """Rules of these customers whose next day has come; held."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_RULES, list(customer_ids), now)

    async def go_on(self, next_days: Sequence[tuple[UUID, date | None]]) -> None:
        """Note on which day each rule (rule, day) grants next; None is never."""
        if next_days:
            connection = await driver_connection(self._session)
            await connection.execute(_GO_ON, *zip(*next_days, strict=True))
