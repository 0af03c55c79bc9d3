"""Queries of usage alerts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.models import Meter, UsageAlert
from dotmac_core_ops.database import driver_connection, new_id

_TOUCHED = """
SELECT a.id, a.subscription_id, a.quantity, a.percent, m.code AS meter, s.customer_id, s.time_zone,
       COALESCE(i.anchor_on, s.anchor_on) AS anchor_on, COALESCE(i.cycle, s.cycle) AS cycle
FROM (
  SELECT DISTINCT x.subscription_id, x.meter_id FROM unnest($1::uuid[]) AS touched(series_id)
  JOIN billing.usage_series x ON x.id = touched.series_id) w
JOIN billing.usage_alerts a
  ON a.subscription_id = w.subscription_id AND a.meter_id = w.meter_id AND a.removed_at IS NULL
JOIN billing.meters m ON m.id = a.meter_id
JOIN billing.subscriptions s ON s.id = a.subscription_id
LEFT JOIN LATERAL (
  SELECT i.anchor_on, p.cycle FROM billing.subscription_items i
  JOIN billing.price_components p ON p.id = i.component_id
  WHERE i.subscription_id = a.subscription_id AND p.meter = m.code
  ORDER BY i.starts_on DESC NULLS LAST LIMIT 1) i ON true
"""
# Whoever comes first fires; the other waits for it to commit, and finds that it has been fired.
_FIRE = """
INSERT INTO billing.usage_alert_firings (id, alert_id, period_start, quantity, fired_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::numeric[], $5::timestamptz[])
  AS u(id, alert_id, period_start, quantity, fired_at) ORDER BY alert_id
ON CONFLICT DO NOTHING RETURNING alert_id, period_start
"""
_INCLUDED = """
SELECT p.model, (p.prices->s.currency)::text AS parameters
FROM billing.subscriptions s
JOIN billing.subscription_items i ON i.subscription_id = s.id
JOIN billing.price_components p ON p.id = i.component_id
WHERE s.id = $1 AND p.meter = $2 ORDER BY i.starts_on DESC NULLS LAST LIMIT 1
"""


class Firing(NamedTuple):
    """An alert that was reached in the period beginning on a day."""

    alert_id: UUID
    period_start: date
    quantity: Decimal


class AlertRepository:
    """Alerts of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def on(self, series_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Alerts on what these series belong to, and what must be known to find the period."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_TOUCHED, list(series_ids))

    async def fire(self, firings: Iterable[Firing], now: datetime) -> set[tuple[UUID, date]]:
        """Note that these went off; those that had not in their period."""
        rows = [(new_id(), *firing, now) for firing in firings]
        connection = await driver_connection(self._session)
        found = await connection.fetch(_FIRE, *map(list, zip(*rows, strict=True)))
        return {(row["alert_id"], row["period_start"]) for row in found}

    async def price(self, subscription_id: UUID, meter: str) -> asyncpg.Record | None:
        """Charge model and parameters of the price that the subscription pays by the meter."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_INCLUDED, subscription_id, meter)

    async def find(self, alert_id: UUID) -> UsageAlert | None:
        """The alert of that id, unless it was removed."""
        found = await self._session.execute(
            sa.select(UsageAlert).where(UsageAlert.id == alert_id, UsageAlert.removed_at.is_(None))
        )
        return found.scalar_one_or_none()

    async def exists(self, subscription_id: UUID, meter_id: UUID, quantity: Decimal) -> bool:
        """Whether there is an alert at that very quantity."""
        found = await self._session.execute(
            sa.select(UsageAlert.id).where(
                UsageAlert.subscription_id == subscription_id,
                UsageAlert.meter_id == meter_id,
                UsageAlert.quantity == quantity,
                UsageAlert.removed_at.is_(None),
            )
        )
        return found.scalar_one_or_none() is not None

    async def add(self, alert: UsageAlert) -> None:
        """Insert it."""
        self._session.add(alert)
        await self._session.flush()  # a broken reference is the caller's to hear of

    async def page(
        self, *, subscription_id: UUID | None, offset: int, limit: int
    ) -> tuple[Sequence[sa.Row[UsageAlert, str]], int]:
        """A page of alerts with the code of their meter, newest first, and how many there are."""
        conditions: list[sa.ColumnElement[bool]] = [UsageAlert.removed_at.is_(None)]
        if subscription_id is not None:
            conditions.append(UsageAlert.subscription_id == subscription_id)
        rows = await self._session.execute(
            sa.select(UsageAlert, Meter.code)
            .join(Meter, Meter.id == UsageAlert.meter_id)
            .where(*conditions)
            .order_by(UsageAlert.id.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(UsageAlert).where(*conditions)
        )
        return rows.all(), total.scalar_one()
