from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from dotmac_billing.usage.service import ingest
from dotmac_billing.usage.upkeep.repository import PartitionRepository
from dotmac_billing.usage.upkeep.retention import months_needed, months_to_drop
from dotmac_billing.usage.upkeep.service import forget_event_ids, keep_partitions
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import Tenant

from .metering import day, event, measured, meter, subscriber

MONTHS = [date(2026, month, 1) for month in range(6, 12)]


def test_room_is_made_for_two_months_ahead() -> None:
    assert months_needed(date(2026, 11, 30)) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]


@pytest.mark.parametrize(
    ("unbilled", "retention", "dropped"),
    [
        ([], 25, []),
        ([], 3, MONTHS[:2]),
        ([], 0, MONTHS[:5]),
        ([date(2026, 7, 20), date(2026, 11, 1)], 0, MONTHS[:1]),
        ([date(2026, 7, 1)], 0, []),  # in some zone a part of its first day lies in June
        ([date(2026, 7, 2)], 0, MONTHS[:1]),
    ],
)
def test_a_month_goes_when_it_is_old_and_billed(
    unbilled: Sequence[date], retention: int, dropped: list[date]
) -> None:
    assert months_to_drop(MONTHS, date(2026, 11, 20), unbilled, retention) == dropped


async def test_partitions_are_made_ahead_and_dropped_behind(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    # Long before whatever other tests have not billed yet, which is kept whoever it belongs to.
    clock.move_to(datetime(1990, 1, 20, 12, tzinfo=UTC))
    today = clock.today()
    async with database.transaction(tenant.id) as session:
        await meter(session)
        subscription = await subscriber(session, since=date(1990, 1, 1))
        await ingest(session, [event(subscription, clock.now(), 5)])
    await keep_partitions(database, today)
    used = today.replace(day=1)
    async with database.relay() as session:
        made = set(await PartitionRepository(session).months())

    clock.advance(days=31 * 26)
    dropped = await keep_partitions(database, clock.today())

    assert set(months_needed(today)) <= made
    assert used in dropped
    async with database.transaction(tenant.id) as session:
        rows = await (await driver_connection(session)).fetch("SELECT FROM billing.usage_events")
        since = clock.now() - timedelta(days=900)
        since = since.replace(hour=0)
        kept = await measured(session, subscription, since=since, until=clock.now())
    assert rows == []
    assert kept.quantity == 5


async def test_an_event_id_is_known_for_as_long_as_the_event_would_be_taken(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    async with database.transaction(tenant.id) as session:
        await meter(session, back_dating_days=10)
        subscription = await subscriber(session)
        old, young = event(subscription, day(11), 1), event(subscription, day(19), 1)
        await ingest(session, [old, young])

    first = await forget_event_ids(database, tenant.id)
    clock.advance(days=3)
    second = await forget_event_ids(database, tenant.id)

    async with database.transaction(tenant.id) as session:
        result = await ingest(session, [old, young])
    assert (first, second) == (0, 1)
    assert (result.refusals[0].code, result.duplicates) == ("TIME_TOO_OLD", 1)


async def test_calls_that_need_the_same_new_month_wait_for_each_other(
    database: Database, new_tenant: Callable[[], Awaitable[Tenant]], clock: FrozenClock
) -> None:
    clock.advance(days=365 * 20)  # a month that nothing else has needed

    async def use() -> int:
        tenant = await new_tenant()
        async with database.transaction(tenant.id) as session:
            await meter(session)
            subscription = await subscriber(session)
        async with database.transaction(tenant.id) as session:
            return (await ingest(session, [event(subscription, clock.now(), 1)])).accepted

    assert await asyncio.gather(*(use() for _ in range(4))) == [1] * 4
