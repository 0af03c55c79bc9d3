"""Partitions of usage events, and event ids beyond their window."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

# What was used on a meter that an item is priced by is billed up to `usage_billed_until`; what is
# not priced need not be kept for a bill.
_UNBILLED = """
SELECT min(COALESCE(s.usage_billed_until, s.start_on)) FROM billing.subscriptions s
WHERE s.next_bill_on IS NOT NULL AND EXISTS (
  SELECT FROM billing.subscription_items i
  JOIN billing.price_components p ON p.id = i.component_id
  WHERE i.subscription_id = s.id AND p.meter IS NOT NULL)
"""
_FORGET = """
DELETE FROM billing.usage_identities i USING (
  SELECT event_id FROM billing.usage_identities WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED) old
WHERE i.event_id = old.event_id
"""
_LONGEST_WINDOW = "SELECT COALESCE(max(back_dating_days), 0) FROM billing.meters"


class PartitionRepository:
    """Partitions, for all tenants at once; the session is the relay's."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def months(self) -> list[date]:
        """The months that there is room for, as their first days."""
        connection = await driver_connection(self._session)
        return [row[0] for row in await connection.fetch("SELECT billing.usage_partitions()")]

    async def make(self, months: Iterable[date]) -> None:
        """Let there be room for events of these months."""
        connection = await driver_connection(self._session)
        await connection.execute(
            "SELECT billing.make_usage_partition(m) FROM unnest($1::date[]) AS m", list(months)
        )

    async def drop(self, month: date) -> None:
        """Drop a month's events, of every tenant."""
        connection = await driver_connection(self._session)
        await connection.execute("SELECT billing.drop_usage_partition($1)", month)

    async def tenants(self) -> list[asyncpg.Record]:
        """Every tenant's id, closed ones included."""
        connection = await driver_connection(self._session)
        return await connection.fetch("SELECT id FROM core.tenants ORDER BY id")


class EventUpkeep:
    """What is still needed of the events of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def unbilled_since(self) -> date | None:
        """The first day with usage that is still to be billed; None when there can be none."""
        connection = await driver_connection(self._session)
        found = await connection.fetchval(_UNBILLED)
        assert found is None or isinstance(found, date)
        return found

    async def longest_window(self) -> int:
        """The longest back-dating window of any meter, in days."""
        connection = await driver_connection(self._session)
        return int(await connection.fetchval(_LONGEST_WINDOW))

    async def forget_ids(self, before: datetime, limit: int) -> int:
        """Forget ids of events from before that instant, at most so many; how many they were."""
        connection = await driver_connection(self._session)
        status = await connection.execute(_FORGET, before, limit)
        return int(status.rsplit(" ", 1)[-1])
