"""Queries of billing thresholds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.repository import PAYER, SUBSCRIPTION_COLUMNS, due_subscription
from dotmac_billing.catalog.thresholds import BillingThresholds, thresholds_of, thresholds_row
from dotmac_billing.thresholds.models import ThresholdInvoice
from dotmac_core_ops.database import driver_connection, new_id

# A subscription's own thresholds go before those of its plan; empty ones are none.
_OWN = "LEFT JOIN billing.subscription_thresholds o ON o.subscription_id = s.id"
_PLANS = "JOIN billing.plan_versions v ON v.id = s.plan_version_id"
_THRESHOLDS = "coalesce(o.thresholds, v.thresholds)"
_CANDIDATES = f"""
SELECT s.id FROM billing.subscriptions s {_PLANS} {_OWN}
WHERE s.next_bill_on IS NOT NULL AND ($1::uuid IS NULL OR s.id > $1) AND {_THRESHOLDS} <> '{{}}'
ORDER BY s.id LIMIT $2
"""  # noqa: S608 (names of our own)
_READ = f"""
SELECT {SUBSCRIPTION_COLUMNS}, {_THRESHOLDS}::text FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.subscriptions s ON s.id = wanted.id {_PLANS} {_OWN} JOIN {PAYER}
WHERE s.next_bill_on IS NOT NULL ORDER BY s.id
"""  # noqa: S608 (names of our own)
# NO KEY, as a bill run holds them: neither bills what the other is just billing.
_HELD = f"{_READ} FOR NO KEY UPDATE OF s SKIP LOCKED"
_AFTER = "SELECT after_id FROM billing.threshold_sweeps"
_MOVE = """
INSERT INTO billing.threshold_sweeps (id, after_id, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id) DO UPDATE SET after_id = excluded.after_id, updated_at = excluded.updated_at
"""
_SET = """
INSERT INTO billing.subscription_thresholds (id, subscription_id, thresholds, updated_at)
VALUES ($1, $2, $3::text::jsonb, $4)
ON CONFLICT (tenant_id, subscription_id)
DO UPDATE SET thresholds = excluded.thresholds, updated_at = excluded.updated_at
"""
_REMOVE = "DELETE FROM billing.subscription_thresholds WHERE subscription_id = $1 RETURNING id"
_OWN_ONES = "SELECT true FROM billing.subscription_thresholds WHERE subscription_id = $1"
_OF_SUBSCRIPTION = len(DueSubscription._fields)


class WithThresholds(NamedTuple):
    """A subscription and the thresholds that hold for it."""

    subscription: DueSubscription
    thresholds: BillingThresholds


class ThresholdRepository:
    """Thresholds of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def candidates(self, limit: int) -> list[UUID]:
        """The next subscriptions with thresholds after those that were looked at last."""
        connection = await driver_connection(self._session)
        after = await connection.fetchval(_AFTER)
        return [row[0] for row in await connection.fetch(_CANDIDATES, after, limit)]

    async def looked(self, after: UUID | None, now: datetime) -> None:
        """Go on after that subscription the next time, or from the first."""
        connection = await driver_connection(self._session)
        await connection.execute(_MOVE, new_id(), after, now)

    async def subscriptions(
        self, ids: Sequence[UUID], *, hold: bool = False
    ) -> list[WithThresholds]:
        """Those that something is still to be billed of; to `hold` them leaves out what is held."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_HELD if hold else _READ, list(ids))
        return [
            WithThresholds(
                due_subscription(row[:_OF_SUBSCRIPTION]), thresholds_of(json.loads(row[-1]))
            )
            for row in rows
        ]

    async def set(self, subscription_id: UUID, said: BillingThresholds, now: datetime) -> None:
        """Let these hold for the subscription, in place of its plan's."""
        connection = await driver_connection(self._session)
        text = json.dumps(thresholds_row(said))
        await connection.execute(_SET, new_id(), subscription_id, text, now)

    async def remove(self, subscription_id: UUID) -> bool:
        """Let the plan's hold again; whether the subscription had its own."""
        connection = await driver_connection(self._session)
        return await connection.fetchval(_REMOVE, subscription_id) is not None

    async def has_own(self, subscription_id: UUID) -> bool:
        """Whether the subscription has thresholds of its own."""
        connection = await driver_connection(self._session)
        return await connection.fetchval(_OWN_ONES, subscription_id) is not None

    async def add(self, made: Sequence[dict[str, Any]]) -> None:
        """Note what invoices were made for."""
        await self._session.execute(sa.insert(ThresholdInvoice), list(made))

    async def page(
        self, subscription_id: UUID, *, offset: int, limit: int
    ) -> tuple[Sequence[ThresholdInvoice], int]:
        """Invoices within periods, newest first, and how many there are."""
        mine = ThresholdInvoice.subscription_id == subscription_id
        rows = await self._session.scalars(
            sa.select(ThresholdInvoice)
            .where(mine)
            .order_by(ThresholdInvoice.id.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.scalar(
            sa.select(sa.func.count()).select_from(ThresholdInvoice).where(mine)
        )
        return rows.all(), total or 0
