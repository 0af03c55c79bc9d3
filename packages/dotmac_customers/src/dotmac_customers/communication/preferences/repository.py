"""Every query on preferences and quiet hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection, new_id, new_ids
from dotmac_customers.communication.models import Preference, QuietHoursRow
from dotmac_customers.communication.topics import ContactChannel, Topic

_WISH = """
INSERT INTO customers.communication_preferences AS p
  (id, customer_id, channel, topic, is_enabled, changed_at)
SELECT given.id, $2, given.channel, given.topic, given.is_enabled, $6
FROM unnest($1::uuid[], $3::text[], $4::text[], $5::bool[])
  AS given(id, channel, topic, is_enabled)
ON CONFLICT (tenant_id, customer_id, channel, topic)
DO UPDATE SET is_enabled = EXCLUDED.is_enabled, changed_at = EXCLUDED.changed_at
WHERE p.is_enabled <> EXCLUDED.is_enabled
"""
_QUIET = """
INSERT INTO customers.quiet_hours (id, customer_id, starts_minute, ends_minute, time_zone)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, customer_id) DO UPDATE SET starts_minute = EXCLUDED.starts_minute,
  ends_minute = EXCLUDED.ends_minute, time_zone = EXCLUDED.time_zone
"""

Wish = tuple[ContactChannel, Topic, bool]
"""A channel, a topic, and whether it is wanted."""


class PreferenceRepository:
    """What customers of the session's tenant want to hear."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def wishes(self, customer_id: UUID) -> dict[tuple[ContactChannel, Topic], bool]:
        """What the customer said; what is missing has its default."""
        rows = await self._session.scalars(
            sa.select(Preference).where(Preference.customer_id == customer_id)
        )
        return {(row.channel, row.topic): row.is_enabled for row in rows}

    async def wish(self, customer_id: UUID, wishes: Iterable[Wish], now: datetime) -> None:
        """Write all of `wishes` in one statement; the others stay."""
        listed = list(wishes)
        connection = await driver_connection(self._session)
        await connection.execute(
            _WISH,
            new_ids(len(listed)),
            customer_id,
            [channel.value for channel, _, _ in listed],
            [topic.value for _, topic, _ in listed],
            [is_enabled for _, _, is_enabled in listed],
            now,
        )

    async def quiet_hours(self, customer_id: UUID) -> QuietHoursRow | None:
        """When the customer is not to be disturbed."""
        return await self._session.scalar(
            sa.select(QuietHoursRow).where(QuietHoursRow.customer_id == customer_id)
        )

    async def set_quiet_hours(
        self, customer_id: UUID, starts_minute: int, ends_minute: int, time_zone: str | None
    ) -> None:
        """Have the customer not disturbed from one minute of the day to the other."""
        connection = await driver_connection(self._session)
        await connection.execute(
            _QUIET, new_id(), customer_id, starts_minute, ends_minute, time_zone
        )

    async def clear_quiet_hours(self, customer_id: UUID) -> bool:
        """Have none; whether there were any."""
        connection = await driver_connection(self._session)
        status = await connection.execute(
            "DELETE FROM customers.quiet_hours WHERE customer_id = $1", customer_id
        )
        return status.endswith(" 1")
