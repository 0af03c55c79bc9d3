from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.charges.measured import Need
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.charges.price import compile_price, windows_of
from dotmac_billing.usage.meters.errors import UnknownDimensionError, UnknownMeterError
from dotmac_billing.usage.service import ingest, measure
from dotmac_billing.usage.terms import Aggregation, Weighting
from dotmac_billing.usage.windows import UsageWindow

from .metering import DEC_1, NOV_1, day, event, measured, meter, subscriber


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        (Aggregation.COUNT, "4"),
        (Aggregation.SUM, "16.5"),
        (Aggregation.MAX, "7"),
        (Aggregation.LATEST, "2.5"),
        (Aggregation.AVERAGE, "4.125"),
        (Aggregation.UNIQUE_COUNT, "3"),
    ],
)
async def test_a_meter_adds_up_what_falls_into_the_window(
    session: AsyncSession, aggregation: Aggregation, expected: str
) -> None:
    await meter(session, aggregation)
    subscription = await subscriber(session)
    await ingest(
        session,
        [
            event(subscription, day(1, 0), 5),
            event(subscription, day(5, 9.5), 7),
            event(subscription, day(18, 1), "2.5"),
            event(subscription, day(12), 2, event_id="earlier, reported later"),
            event(subscription, NOV_1 - timedelta(microseconds=1), 100),
        ],
    )
    if aggregation is Aggregation.UNIQUE_COUNT:
        await ingest(session, [event(subscription, day(13), 7)])
        expected = "4"

    assert (await measured(session, subscription)).quantity == Decimal(expected)


async def test_a_level_is_weighted_by_the_time_it_held(session: AsyncSession) -> None:
    for weighting in Weighting:
        await meter(session, Aggregation.WEIGHTED_SUM, weighting.value, weighting=weighting)
    subscription = await subscriber(session)
    levels = [(day(11, 0), 10), (day(16, 0), 20), (day(16, 0.5), 0), (day(20, 6), 1)]
    await ingest(
        session,
        [
            event(subscription, at, level, meter=weighting.value)
            for weighting in Weighting
            for at, level in reversed(levels)
        ],
    )

    quantities = {
        weighting: (await measured(session, subscription, meter=weighting.value)).quantity
        for weighting in Weighting
    }

    hours = 10 * 5 * 24 + 20 * Decimal("0.5") + 1 * (10 * 24 + 18)
    assert quantities[Weighting.HOUR] == hours
    assert quantities[Weighting.DAY] == round(hours / 24, 9)
    assert quantities[Weighting.PERIOD] == round(hours / (30 * 24), 9)


async def test_a_level_is_carried_into_the_next_period(session: AsyncSession) -> None:
    await meter(session, Aggregation.WEIGHTED_SUM, weighting=Weighting.PERIOD)
    subscription = await subscriber(session)
    await ingest(session, [event(subscription, day(1) - timedelta(days=10), 8)])

    november = await measured(session, subscription)
    december = await measured(session, subscription, since=DEC_1, until=DEC_1 + timedelta(days=31))

    assert november.quantity == december.quantity == 8


async def test_usage_is_kept_apart_by_dimensions(session: AsyncSession) -> None:
    await meter(session, dimensions=("region", "tier"))
    subscription = await subscriber(session)
    await ingest(
        session,
        [
            event(subscription, day(3), 1, region="eu", tier=1),
            event(subscription, day(3), 2, region="us", tier=1),
            event(subscription, day(4), 4, region="eu", tier=2),
            event(subscription, day(4), 8),
        ],
    )

    async def total(*filters: tuple[str, tuple[str, ...]]) -> Decimal:
        return (await measured(session, subscription, filters=filters)).quantity

    assert await total() == 15
    assert await total(("region", ("eu",))) == 5
    assert await total(("region", ("eu", "us")), ("tier", ("1",))) == 3
    assert await total(("region", ("asia",))) == 0


async def test_the_latest_of_all_dimensions_is_the_latest(session: AsyncSession) -> None:
    await meter(session, Aggregation.LATEST, dimensions=("host",))
    subscription = await subscriber(session)
    await ingest(
        session,
        [event(subscription, day(5), 3, host="a"), event(subscription, day(6), 2, host="b")],
    )

    assert (await measured(session, subscription)).quantity == 2


async def test_values_and_amounts_come_with_the_events(session: AsyncSession) -> None:
    await meter(session, price_property="cost")
    subscription = await subscriber(session)
    await ingest(
        session,
        [
            event(subscription, day(9), 30, cost="0.5"),
            event(subscription, day(2), 10, cost=0.25),
            event(subscription, day(2, 13), 20, cost=2),
        ],
    )

    found = await measured(session, subscription, needs=[Need.VALUES, Need.AMOUNT])

    assert found.quantity == 60
    assert found.amount == Decimal("2.75")
    assert found.values == (Decimal(10), Decimal(20), Decimal(30))


@pytest.mark.parametrize(
    ("aggregation", "peak", "otherwise"),
    [(Aggregation.SUM, 6, 8), (Aggregation.UNIQUE_COUNT, 2, 1), (Aggregation.COUNT, 2, 1)],
)
@pytest.mark.parametrize("start", ["08:00", "08:30"], ids=["by hours", "by events"])
async def test_usage_is_split_by_windows_of_the_day_on_the_wall(
    session: AsyncSession, aggregation: Aggregation, peak: int, otherwise: int, start: str
) -> None:
    await meter(session, aggregation)
    subscription = await subscriber(session, zone="Asia/Kolkata")
    price = compile_price(
        ChargeModel.TIME_OF_USE,
        {
            "windows": [
                {
                    "name": "peak",
                    "days": ["mon", "tue", "wed", "thu", "fri"],
                    "from": start,
                    "to": "20:00",
                    "unit_price": "2",
                }
            ],
            "otherwise_unit_price": "1",
        },
        currency="EUR",
    )
    await ingest(
        session,
        [
            event(subscription, datetime(2026, 11, 3, 3, 5, tzinfo=UTC), 2),  # Tuesday, 8:35
            event(subscription, datetime(2026, 11, 3, 14, 29, tzinfo=UTC), 4),  # 19:59
            event(subscription, datetime(2026, 11, 3, 14, 30, tzinfo=UTC), 8),  # 20:00
        ],
    )

    found = await measured(
        session, subscription, needs=[Need.WINDOWS], time_of_use=windows_of(price)
    )

    assert found.by_window == {"peak": peak, "otherwise": otherwise}


async def test_many_windows_are_measured_with_a_handful_of_queries(session: AsyncSession) -> None:
    await meter(session)
    await meter(session, Aggregation.WEIGHTED_SUM, "seats", weighting=Weighting.PERIOD)
    subscriptions = [await subscriber(session) for _ in range(5)]
    await ingest(session, [event(one, day(3), n) for n, one in enumerate(subscriptions, start=1)])

    found = await measure(
        session,
        [
            UsageWindow((one, code, first), one, code, day(first, 0), day(first + 1, 0))
            for one in subscriptions
            for code in ("traffic", "seats")
            for first in range(1, 11)
        ],
    )

    assert len(found) == 100
    assert {key: one.quantity for key, one in found.items() if one.quantity} == {
        (one, "traffic", 3): n for n, one in enumerate(subscriptions, start=1)
    }


async def test_what_cannot_be_measured_says_why(session: AsyncSession) -> None:
    await meter(session)
    subscription = await subscriber(session)

    with pytest.raises(UnknownMeterError):
        await measured(session, subscription, meter="unheard")
    with pytest.raises(UnknownDimensionError):
        await measured(session, subscription, filters=(("region", ("eu",)),))
