"""Queries of late usage."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.models import LateMark, Meter
from dotmac_billing.usage.windows import LateUsage
from dotmac_core_ops.database import driver_connection, new_ids

_WAITING = """
SELECT l.id, l.subscription_id, m.code, l.day, l.events, l.is_certain
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.usage_late l ON l.subscription_id = wanted.id AND l.settled_at IS NULL
JOIN billing.meters m ON m.id = l.meter_id
ORDER BY l.day, l.id
"""
_SETTLE = """
UPDATE billing.usage_late l SET settled_at = $2
FROM unnest($1::uuid[]) AS wanted(id) WHERE l.id = wanted.id AND l.settled_at IS NULL
"""


_RATE_AGAIN = """
INSERT INTO billing.usage_late (id, subscription_id, meter_id, day, events, is_certain, created_at)
SELECT wanted.id, wanted.subscription_id, m.id, wanted.day, 0, true, $5
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[])
  AS wanted(id, subscription_id, code, day)
JOIN billing.meters m ON m.code = wanted.code
"""


class LatenessRepository:
    """Late usage of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def waiting(self, subscription_ids: Collection[UUID]) -> list[LateUsage]:
        """What is not settled yet, oldest day first."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_WAITING, list(subscription_ids))
        return [LateUsage(*row) for row in rows]

    async def settle(self, late_ids: Collection[UUID], now: datetime) -> None:
        """Note that these have been rated again."""
        connection = await driver_connection(self._session)
        await connection.execute(_SETTLE, list(late_ids), now)

    async def rate_again(self, days: Collection[tuple[UUID, str, date]], now: datetime) -> None:
        """Note days (of subscription and meter) to be rated again though no event has changed."""
        connection = await driver_connection(self._session)
        owners, codes, on = map(list, zip(*sorted(days), strict=True))
        await connection.execute(_RATE_AGAIN, new_ids(len(days)), owners, codes, on, now)

    async def page(
        self,
        *,
        subscription_id: UUID | None,
        settled: bool | None,
        offset: int,
        limit: int,
    ) -> tuple[Sequence[sa.Row[LateMark, str]], int]:
        """A page of late usage with the code of its meter, newest first, and how much there is."""
        conditions: list[sa.ColumnElement[bool]] = [LateMark.is_certain.is_(True)]
        if subscription_id is not None:
            conditions.append(LateMark.subscription_id == subscription_id)
        if settled is not None:
            conditions.append(
                LateMark.settled_at.is_not(None) if settled else LateMark.settled_at.is_(None)
            )
        rows = await self._session.execute(
            sa.select(LateMark, Meter.code)
            .join(Meter, Meter.id == LateMark.meter_id)
            .where(*conditions)
            .order_by(LateMark.id.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(LateMark).where(*conditions)
        )
        return rows.all(), total.scalar_one()
