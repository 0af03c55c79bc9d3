"""Queries of corrections."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

_EVENT = """
SELECT i.event_id, i.series_id, i.at, s.subscription_id, s.meter_id, m.code, t.time_zone,
       CASE WHEN c.id IS NULL THEN e.value ELSE c.value END AS value,
       CASE WHEN c.id IS NULL THEN e.member ELSE c.member END AS member,
       CASE WHEN c.id IS NULL THEN e.price ELSE c.price END AS price,
       COALESCE(c.is_void, false) AS is_void
FROM billing.usage_identities i
JOIN billing.usage_events e
  ON e.series_id = i.series_id AND e.at = i.at AND e.event_id = i.event_id
JOIN billing.usage_series s ON s.id = i.series_id
JOIN billing.meters m ON m.id = s.meter_id
JOIN billing.subscriptions t ON t.id = s.subscription_id
LEFT JOIN LATERAL (
  SELECT * FROM billing.usage_corrections c
  WHERE c.series_id = i.series_id AND c.at = i.at AND c.event_id = i.event_id
  ORDER BY c.id DESC LIMIT 1) c ON true
WHERE i.event_id = $1
"""
# Whoever corrects or adds to the hour waits here; what is added up below is then complete.
_HOLD = """
SELECT events FROM billing.usage_rollups WHERE series_id = $1 AND hour = $2 FOR NO KEY UPDATE
"""
_ADD = """
INSERT INTO billing.usage_corrections
  (id, event_id, series_id, at, is_void, value, member, price, reason, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_FORGET_MEMBERS = "DELETE FROM billing.usage_members WHERE series_id = $1 AND hour = $2"
_COUNT_MEMBERS = """
INSERT INTO billing.usage_members (series_id, hour, member, events)
SELECT $1, $2, member, count(*) FROM (
  SELECT CASE WHEN c.id IS NULL THEN e.member ELSE c.member END AS member
  FROM billing.usage_events e LEFT JOIN LATERAL (
    SELECT * FROM billing.usage_corrections c
    WHERE c.series_id = e.series_id AND c.at = e.at AND c.event_id = e.event_id
    ORDER BY c.id DESC LIMIT 1) c ON true
  WHERE e.series_id = $1 AND e.at >= $3 AND e.at < $4 AND c.is_void IS NOT TRUE) corrected
WHERE member IS NOT NULL GROUP BY member
"""


class Correction(NamedTuple):
    """A row of `usage_corrections`."""

    id: UUID
    event_id: str
    series_id: UUID
    at: datetime
    is_void: bool
    value: Decimal | None
    member: str | None
    price: Decimal | None
    reason: str | None
    created_at: datetime


class CorrectionRepository:
    """Corrections of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def event(self, event_id: str) -> asyncpg.Record | None:
        """The event with its series and its newest correction."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_EVENT, event_id)

    async def hold(self, series_id: UUID, hour: datetime) -> None:
        """Hold what an hour adds up to until the transaction ends."""
        connection = await driver_connection(self._session)
        await connection.execute(_HOLD, series_id, hour)

    async def add(self, correction: Correction) -> None:
        """Insert it."""
        connection = await driver_connection(self._session)
        await connection.execute(_ADD, *correction)

    async def recount_members(
        self, series_id: UUID, hour: datetime, since: datetime, until: datetime
    ) -> None:
        """Find out anew which values were seen in an hour."""
        connection = await driver_connection(self._session)
        await connection.execute(_FORGET_MEMBERS, series_id, hour)
        await connection.execute(_COUNT_MEMBERS, series_id, hour, since, until)
