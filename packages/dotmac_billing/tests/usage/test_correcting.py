from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.charges.measured import Need
from dotmac_billing.usage.corrections.errors import (
    CorrectionInvalidError,
    UsageEventNotFoundError,
    UsageEventVoidError,
)
from dotmac_billing.usage.corrections.service import Correct, correct_usage
from dotmac_billing.usage.service import ingest, late_periods
from dotmac_billing.usage.terms import Aggregation, Weighting
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import Tenant

from .metering import NOV_1, day, event, measured, meter, subscriber

VOID = Correct(is_void=True)


async def used(session: AsyncSession, aggregation: Aggregation, *values: int) -> UUID:
    """A subscription with these values, ten minutes apart, as events 0, 1, 2, …"""
    weighting = Weighting.HOUR if aggregation is Aggregation.WEIGHTED_SUM else None
    await meter(session, aggregation, weighting=weighting)
    subscription = await subscriber(session)
    await ingest(
        session,
        [
            event(subscription, day(2, n / 6), value, event_id=str(n))
            for n, value in enumerate(values)
        ],
    )
    return subscription


@pytest.mark.parametrize(
    ("aggregation", "before", "corrected", "void"),
    [
        (Aggregation.SUM, 12, 9, 7),
        (Aggregation.COUNT, 3, 3, 2),
        (Aggregation.MAX, 5, 4, 4),
        (Aggregation.AVERAGE, 4, 3, Decimal("3.5")),
        (Aggregation.LATEST, 3, 3, 3),
        (Aggregation.UNIQUE_COUNT, 3, 3, 2),
    ],
)
async def test_a_corrected_event_counts_for_what_it_is_worth(
    session: AsyncSession,
    aggregation: Aggregation,
    before: int,
    corrected: int,
    void: int | Decimal,
) -> None:
    subscription = await used(session, aggregation, 4, 5, 3)
    assert (await measured(session, subscription)).quantity == before

    if aggregation is not Aggregation.COUNT:
        await correct_usage(session, "1", Correct(value=Decimal(2), reason="Counted twice."))
        assert (await measured(session, subscription)).quantity == corrected
    await correct_usage(session, "1", VOID)

    assert (await measured(session, subscription)).quantity == void
    values = await measured(session, subscription, needs=[Need.VALUES])
    if aggregation is Aggregation.SUM:
        assert list(values.values) == [4, 3]


async def test_a_corrected_level_holds_as_if_it_had_been_so(session: AsyncSession) -> None:
    subscription = await used(session, Aggregation.WEIGHTED_SUM, 6, 12, 0)

    await correct_usage(session, "1", Correct(value=Decimal(18)))
    first = (await measured(session, subscription)).quantity
    await correct_usage(session, "0", VOID)
    second = (await measured(session, subscription)).quantity

    assert (first, second) == (6 / Decimal(6) + 18 / Decimal(6), 18 / Decimal(6))


async def test_what_comes_after_a_correction_is_added_to_it(session: AsyncSession) -> None:
    subscription = await used(session, Aggregation.SUM, 1, 2, 4)
    await correct_usage(session, "0", VOID)

    await ingest(session, [event(subscription, day(2, 0.5), 8)])
    again = await ingest(session, [event(subscription, day(2), 1, event_id="0")])

    assert again.duplicates == 1
    assert (await measured(session, subscription)).quantity == 14


async def test_a_correction_of_a_billed_day_is_to_be_rated_again(session: AsyncSession) -> None:
    subscription = await used(session, Aggregation.SUM, 1)
    connection = await driver_connection(session)
    await connection.execute("UPDATE billing.subscriptions SET usage_billed_until = '2026-11-10'")

    await correct_usage(session, "0", VOID)

    (mark,) = (await late_periods(session, [subscription]))[subscription]
    assert (mark.day, mark.count, mark.is_certain) == (date(2026, 11, 2), 1, True)


async def test_what_cannot_be_corrected_says_why(session: AsyncSession) -> None:
    await used(session, Aggregation.SUM, 1, 2)
    await correct_usage(session, "1", VOID)

    with pytest.raises(UsageEventNotFoundError):
        await correct_usage(session, "unheard", VOID)
    with pytest.raises(UsageEventVoidError):
        await correct_usage(session, "1", VOID)
    for wanted in (
        Correct(),
        Correct(is_void=True, value=Decimal(1)),
        Correct(value=Decimal(-1)),
        Correct(value=Decimal(10**15)),
        Correct(price=Decimal(1)),
    ):
        with pytest.raises(CorrectionInvalidError):
            await correct_usage(session, "0", wanted)


async def test_usage_is_corrected_over_http(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        subscription = await used(session, Aggregation.SUM, 5, 1)

    corrected = await client.post(
        "/usage/events/0/correct", json={"value": "2.5", "reason": "Typo"}
    )
    void = await client.post("/usage/events/1/correct", json={"void": True})
    unknown = await client.post("/usage/events/7/correct", json={"void": True})

    assert (corrected.status_code, void.status_code, unknown.status_code) == (201, 201, 404)
    assert corrected.json()["data"]["value"] == 2.5
    async with database.transaction(tenant.id) as session:
        found = await measured(session, subscription, since=NOV_1)
    assert found.quantity == Decimal("2.5")
