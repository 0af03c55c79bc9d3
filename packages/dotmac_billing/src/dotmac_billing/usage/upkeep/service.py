"""Keeping room for events to come, and ending what has served its time."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.upkeep.repository import EventUpkeep, PartitionRepository
from dotmac_billing.usage.upkeep.retention import (
    RETENTION_MONTHS,
    months_needed,
    months_to_drop,
)
from dotmac_core_ops.database import Database, clock_of

_AT_ONCE = 10_000
_LEAVE = timedelta(days=1)


async def keep_partitions(
    database: Database, today: date, *, retention_months: int = RETENTION_MONTHS
) -> list[date]:
    """Make room for this month and the next two, drop what nobody needs; the months dropped.

    A month is dropped when it is older than the retention and every tenant has billed it. What its
    events add up to stays.
    """
    async with database.relay() as session:
        partitions = PartitionRepository(session)
        await partitions.make(months_needed(today))
        kept = await partitions.months()
        candidates = months_to_drop(kept, today, (), retention_months)
        tenants = [row["id"] for row in await partitions.tenants()] if candidates else []
    unbilled = [day for one in tenants if (day := await _unbilled(database, one)) is not None]
    dropped = months_to_drop(kept, today, unbilled, retention_months)
    for month in dropped:
        # One at a time: each holds up reading and writing for as long as a file takes to go.
        async with database.relay() as session:
            await PartitionRepository(session).drop(month)
    return dropped


async def _unbilled(database: Database, tenant_id: UUID) -> date | None:
    async with database.transaction(tenant_id) as session:
        return await EventUpkeep(session).unbilled_since()


async def forget_event_ids(database: Database, tenant_id: UUID) -> int:
    """Forget event ids that lie outside of every meter's window; how many.

    An event as old as that is refused, so that its id need not be known any more. Ten thousand at a
    time, each in a transaction of its own.
    """

    async def forget(session: AsyncSession) -> int:
        upkeep = EventUpkeep(session)
        window = timedelta(days=await upkeep.longest_window()) + _LEAVE
        return await upkeep.forget_ids(clock_of(session).now() - window, _AT_ONCE)

    total = 0
    while forgotten := await database.run(tenant_id, forget):
        total += forgotten
    return total
