"""Queries of who pays for whom."""

from __future__ import annotations

from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

_HELD = """
SELECT c.id, c.parent_id, c.consolidate FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.customers c ON c.id = wanted.id ORDER BY c.id FOR NO KEY UPDATE OF c
"""
_SET = """
UPDATE billing.customers SET parent_id = $2, consolidate = $3, version = version + 1 WHERE id = $1
"""
_CHILDREN = "SELECT EXISTS (SELECT FROM billing.customers WHERE parent_id = $1)"
# Of the customer, and of those it pays for, which are on its invoice or apart as it wishes.
_FOLLOW = """
WITH held AS (
  SELECT s.id, c.parent_id,
         CASE WHEN coalesce(p.consolidate, c.consolidate) THEN coalesce(p.id, c.id) END AS grouped
  FROM billing.subscriptions s
  JOIN billing.customers c ON c.id = s.customer_id
  LEFT JOIN billing.customers p ON p.id = c.parent_id
  WHERE (c.id = $1 OR c.parent_id = $1)
    AND (s.status IN ('pending', 'trialing', 'active', 'paused') OR s.next_bill_on IS NOT NULL)
  ORDER BY s.id FOR NO KEY UPDATE OF s
)
UPDATE billing.subscriptions s
SET payer_id = h.parent_id, invoice_group = h.grouped, version = s.version + 1
FROM held h WHERE h.id = s.id
  AND (s.payer_id, s.invoice_group) IS DISTINCT FROM (h.parent_id, h.grouped)
"""


class PayerRepository:
    """Customers and their subscriptions of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hold(self, customer_ids: set[UUID]) -> dict[UUID, asyncpg.Record]:
        """These customers with their parents, held until the transaction ends."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_HELD, list(customer_ids))
        return {row["id"]: row for row in rows}

    async def has_children(self, customer_id: UUID) -> bool:
        """Whether it pays for others."""
        connection = await driver_connection(self._session)
        return bool(await connection.fetchval(_CHILDREN, customer_id))

    async def set(self, customer_id: UUID, parent_id: UUID | None, *, consolidate: bool) -> int:
        """Note who pays, and let the open subscriptions follow; how many did."""
        connection = await driver_connection(self._session)
        await connection.execute(_SET, customer_id, parent_id, consolidate)
        status = await connection.execute(_FOLLOW, customer_id)
        return int(status.rsplit(" ", 1)[-1])
