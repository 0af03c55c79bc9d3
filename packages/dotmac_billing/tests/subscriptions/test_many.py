"""Thousands of subscriptions at once: the same rules, a constant number of statements."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.subscriptions.service import start_subscriptions
from dotmac_billing.subscriptions.starting import StartSubscription, SubscriptionsStarted
from dotmac_billing.testing import payer, plan
from dotmac_core_ops.database import driver_connection

JAN_1, FEB_1 = date(2026, 1, 1), date(2026, 2, 1)


async def statements(session: AsyncSession, count: int) -> int:
    """How many statements it takes to open and subscribe `count` customers."""
    fiber = await plan(session)
    seen: list[Any] = []
    connection = await driver_connection(session)
    connection.add_query_logger(seen.append)
    prefix = f"{count}-"
    opened = await open_customers(
        session, [OpenCustomer(f"{prefix}{n}", f"Customer {n}") for n in range(count)]
    )
    started = await start_subscriptions(
        session,
        [
            StartSubscription(one, fiber.id, JAN_1, external_id=str(one))
            for one in opened.ids.values()
        ],
    )
    connection.remove_query_logger(seen.append)
    assert started.started == count
    return len(seen)


async def test_the_number_of_statements_does_not_grow_with_the_rows(session: AsyncSession) -> None:
    await statements(session, 2)  # what a process learns once

    assert await statements(session, 40) == await statements(session, 400)


async def counted(session: AsyncSession, table: str) -> int:
    found = await session.execute(sa.text(f"SELECT count(*) FROM {table}"))
    return int(found.scalar_one())


async def imported(session: AsyncSession, *external_ids: str) -> SubscriptionsStarted:
    fiber = await plan(session)
    rows = [
        StartSubscription(
            await payer(session),
            fiber.id,
            JAN_1,
            end_on=FEB_1,
            is_cancelled=True,
            external_id=external_id,
        )
        for external_id in external_ids
    ]
    return await start_subscriptions(session, rows)


async def test_a_second_import_of_the_same_rows_changes_nothing(session: AsyncSession) -> None:
    first = await imported(session, "a", "b")

    second = await imported(session, "a", "b", "c")

    assert (first.started, first.skipped) == (2, 0)
    assert (second.started, second.skipped) == (1, 2)
    assert second.ids[:2] == first.ids
    assert await counted(session, "billing.subscriptions") == 3


async def test_one_external_id_twice_in_an_import_is_one_subscription(
    session: AsyncSession,
) -> None:
    result = await imported(session, "a", "a")

    assert (result.started, result.skipped) == (1, 1)
    assert result.ids[0] == result.ids[1]


async def test_each_start_and_each_cancellation_is_announced_and_all_are_audited_once(
    session: AsyncSession,
) -> None:
    await imported(session, "a", "b")

    announced = await session.execute(
        sa.text(
            "SELECT name, count(*) FROM events.outbox WHERE name LIKE 'billing.subscription%' "
            "AND (payload->>'historical')::bool GROUP BY name ORDER BY name"
        )
    )
    assert [tuple(row) for row in announced] == [
        ("billing.subscription_cancelled", 2),
        ("billing.subscription_started", 2),
    ]
    audited = await session.execute(
        sa.text("SELECT after FROM core.audit_log WHERE action = 'subscriptions.start'")
    )
    assert audited.scalars().all() == [{"subscriptions": 2}]


async def test_numbers_are_all_different_and_can_be_read_out(session: AsyncSession) -> None:
    await imported(session, *(str(n) for n in range(50)))

    numbers = (await session.execute(sa.text("SELECT number FROM billing.subscriptions"))).scalars()
    distinct = set(numbers)
    assert len(distinct) == 50
    assert all(len(number) == 14 and not set("ILOU") & set(number[4:]) for number in distinct)


async def test_nothing_to_start_is_no_work(session: AsyncSession) -> None:
    result = await start_subscriptions(session, [])

    assert (result.started, result.skipped, result.ids) == (0, 0, ())
