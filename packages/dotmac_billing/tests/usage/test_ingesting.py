from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import NewComponent
from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_billing.usage.ingestion.staging import series_id
from dotmac_billing.usage.reported import UsageEvent
from dotmac_billing.usage.service import ingest, late_periods, settle_late
from dotmac_billing.usage.terms import Aggregation, LatePolicy, Weighting
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import TEST_NOW, Tenant

from .metering import SINCE, codes, day, event, measured, meter, subscriber

DELETED = timedelta(days=36)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"event_id": ""}, "EVENT_ID_INVALID"),
        ({"event_id": "x" * 201}, "EVENT_ID_INVALID"),
        ({"event_id": "a\nb"}, "EVENT_ID_INVALID"),
        ({"meter": "unheard"}, "UNKNOWN_METER"),
        ({"at": TEST_NOW + timedelta(minutes=5, seconds=1)}, "TIME_IN_FUTURE"),
        ({"at": TEST_NOW - DELETED}, "TIME_TOO_OLD"),
        ({"at": datetime(2026, 11, 19)}, "TIME_INVALID"),  # noqa: DTZ001 (that is what is wrong)
        ({"subscription": "nobody's"}, "UNKNOWN_SUBSCRIPTION"),
        ({"subscription": None, "customer": "nobody"}, "UNKNOWN_CUSTOMER"),
        ({"subscription": None}, "NO_SUBJECT"),
        ({"value": None}, "VALUE_MISSING"),
        ({"value": "many"}, "VALUE_INVALID"),
        ({"value": Decimal("NaN")}, "VALUE_INVALID"),
        ({"value": Decimal(-1)}, "VALUE_OUT_OF_RANGE"),
        ({"value": Decimal(10**15)}, "VALUE_OUT_OF_RANGE"),
        ({"value": Decimal("0.0000000001")}, "VALUE_OUT_OF_RANGE"),
        ({"value": Decimal("1e-999999")}, "VALUE_OUT_OF_RANGE"),
        ({"properties": {"note": "x" * 5_000}}, "PROPERTIES_INVALID"),
    ],
)
async def test_what_is_wrong_with_an_event_is_said_and_the_good_ones_go_in(
    session: AsyncSession, change: dict[str, Any], code: str
) -> None:
    await meter(session)
    subscription = await subscriber(session)
    good = event(subscription, day(19), 5)
    bad = event(subscription, day(19), 7)._replace(**change)

    result = await ingest(session, [bad, good])

    assert codes(result) == [code, "accepted"]
    assert (await measured(session, subscription)).quantity == 5


@pytest.mark.parametrize(
    ("value", "counted"),
    [
        (Decimal(0), "0"),
        (Decimal("0.000000001"), "0.000000001"),
        (Decimal("999999999999999.999999999"), "999999999999999.999999999"),
        (Decimal("1E+3"), "1000"),
        (Decimal("2.50000000000000000000"), "2.5"),
    ],
)
async def test_values_are_kept_to_the_last_digit(
    session: AsyncSession, value: Decimal, counted: str
) -> None:
    await meter(session)
    subscription = await subscriber(session)

    await ingest(session, [event(subscription, day(19))._replace(value=value)])

    assert (await measured(session, subscription)).quantity == Decimal(counted)


async def test_a_value_may_be_in_a_property_of_any_kind(session: AsyncSession) -> None:
    await meter(session, value_property="bytes")
    subscription = await subscriber(session)

    result = await ingest(
        session,
        [
            event(subscription, day(19), bytes=1),
            event(subscription, day(19), bytes=0.1),
            event(subscription, day(19), bytes="1.25"),
            event(subscription, day(19), bytes=True),
            event(subscription, day(19), other=1),
        ],
    )

    assert codes(result) == ["accepted"] * 3 + ["VALUE_INVALID", "VALUE_MISSING"]
    assert (await measured(session, subscription)).quantity == Decimal("2.35")


async def test_a_repeat_changes_nothing(session: AsyncSession) -> None:
    await meter(session)
    subscription = await subscriber(session)
    events = [event(subscription, day(n), n, note="a\\b\t\u00e9") for n in range(1, 4)]

    first = await ingest(session, [*events, events[0]])
    again = await ingest(session, [*events, event(subscription, day(4), 4)])
    at_another_time = await ingest(session, [events[0]._replace(at=day(9))])

    assert codes(first) == ["accepted"] * 3 + ["duplicate"]
    assert codes(again) == ["duplicate"] * 3 + ["accepted"]
    assert codes(at_another_time) == ["duplicate"]
    assert (await measured(session, subscription)).quantity == 10


async def test_one_id_for_two_events_of_a_call_is_refused(session: AsyncSession) -> None:
    await meter(session)
    subscription = await subscriber(session)
    first = event(subscription, day(1), 1)

    result = await ingest(session, [first, first._replace(value=Decimal(2))])

    assert codes(result) == ["accepted", "EVENT_ID_REUSED"]


async def test_a_subscription_goes_by_many_names(session: AsyncSession) -> None:
    await meter(session)
    customer = await payer(session, code="ACME")
    subscription = await subscribed(session, since=SINCE, customer=customer, external_id="line 7")
    connection = await driver_connection(session)
    number = await connection.fetchval(
        "SELECT number FROM billing.subscriptions WHERE id = $1", subscription
    )

    result = await ingest(
        session,
        [
            event(subscription, day(2), 1),
            event("line 7", day(2), 1),
            event(number, day(2), 1),
            event(None, day(2), 1, customer="ACME"),
            event(None, day(2), 1, customer=str(customer)),
        ],
    )

    assert result.accepted == 5
    assert (await measured(session, subscription)).quantity == 5


async def test_of_several_subscriptions_the_one_with_the_meter_is_meant(
    session: AsyncSession,
) -> None:
    for code in ("traffic", "calls"):
        await meter(session, code=code)
    customer = await payer(session, code="ACME")
    metered = await plan(
        session,
        components=[
            NewComponent(
                "traffic",
                "Traffic",
                kind=ComponentKind.USAGE,
                model=ChargeModel.PER_UNIT,
                unit_price=Decimal(1),
                meter="traffic",
            )
        ],
    )
    await subscribed(session, since=SINCE, customer=customer)
    subscription = await subscribed(session, plan=metered, since=SINCE, customer=customer)

    result = await ingest(
        session,
        [
            event(None, day(2), 3, customer="ACME"),
            event(None, day(2), 3, customer="ACME", meter="calls"),
        ],
    )

    assert codes(result) == ["accepted", "CUSTOMER_AMBIGUOUS"]
    assert (await measured(session, subscription)).quantity == 3


async def test_usage_outside_of_the_subscription_is_refused(session: AsyncSession) -> None:
    await meter(session)
    customer = await payer(session, code="ACME", time_zone="Europe/Lisbon")
    await subscribed(session, since=date(2026, 11, 5), until=date(2026, 11, 10), customer=customer)

    result = await ingest(
        session,
        [
            event(None, at, 1, customer="ACME")
            for at in (day(4, 23.9), day(5, 0), day(9, 23.9), day(10, 0))
        ],
    )

    refused = "CUSTOMER_WITHOUT_SUBSCRIPTION"
    assert codes(result) == [refused, "accepted", "accepted", refused]


async def test_what_a_filter_leaves_out_is_accepted_and_not_counted(session: AsyncSession) -> None:
    await meter(session, filters={"status": ("done", "paid")})
    subscription = await subscriber(session)

    result = await ingest(
        session,
        [
            event(subscription, day(2), 1, status="done"),
            event(subscription, day(2), 2, status="failed"),
            event(subscription, day(2), 4),
        ],
    )

    assert result.accepted == 3
    assert (await measured(session, subscription)).quantity == 1


async def billed_until(session: AsyncSession, subscription: UUID, until: date) -> None:
    """Let all usage of days before that one be billed."""
    connection = await driver_connection(session)
    await connection.execute(
        "UPDATE billing.subscriptions SET usage_billed_until = $2, next_bill_on = $3 WHERE id = $1",
        subscription,
        until,
        until + timedelta(days=30),
    )


async def test_late_usage_is_taken_and_marked_to_be_rated_again(session: AsyncSession) -> None:
    await meter(session)
    subscription = await subscriber(session, zone="America/New_York")
    await billed_until(session, subscription, date(2026, 11, 10))
    last_moment, next_day = day(10, 4.99), day(10, 5)  # midnight in New York is 5 o'clock
    late = event(subscription, last_moment, 1)

    result = await ingest(session, [late, late, event(subscription, next_day, 2)])
    again = await ingest(session, [late])

    marks = (await late_periods(session, [subscription]))[subscription]
    assert (result.late, again.late) == (1, 0)
    assert [(one.meter, one.day, one.count, one.is_certain) for one in marks] == [
        ("traffic", date(2026, 11, 9), 1, True)
    ]
    await settle_late(session, [one.id for one in marks])
    assert await late_periods(session, [subscription]) == {}


async def test_late_usage_is_refused_where_the_meter_says_so(session: AsyncSession) -> None:
    await meter(session, late_policy=LatePolicy.REFUSE)
    subscription = await subscriber(session)
    known = event(subscription, day(5), 1)
    await ingest(session, [known])
    await billed_until(session, subscription, date(2026, 11, 10))

    result = await ingest(session, [known, event(subscription, day(5), 2)])

    assert codes(result) == ["duplicate", "USAGE_LATE"]
    assert await late_periods(session, [subscription]) == {}


async def test_usage_of_a_period_just_being_billed_is_marked_to_be_looked_at(
    session: AsyncSession,
) -> None:
    await meter(session)
    subscription = await subscriber(session)
    connection = await driver_connection(session)
    await connection.execute(
        "UPDATE billing.subscriptions SET next_bill_on = $2 WHERE id = $1",
        subscription,
        date(2026, 11, 20),
    )

    result = await ingest(
        session, [event(subscription, day(19), 1), event(subscription, day(20, 1), 1)]
    )

    (mark,) = (await late_periods(session, [subscription]))[subscription]
    assert (result.late, mark.day, mark.is_certain) == (0, date(2026, 11, 19), False)


async def test_nothing_is_remembered_of_a_call_that_failed(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await meter(session)
        subscription = await subscriber(session)

    async with database.transaction(tenant.id) as session:
        await ingest(session, [event(subscription, day(3), 1)])
        await session.rollback()
    async with database.transaction(tenant.id) as session:
        await ingest(session, [event(subscription, day(3), 1)])
        assert (await measured(session, subscription)).quantity == 1


@pytest.mark.parametrize(
    "aggregation", [Aggregation.SUM, Aggregation.WEIGHTED_SUM, Aggregation.UNIQUE_COUNT]
)
async def test_calls_side_by_side_neither_lose_nor_double_anything(
    database: Database, tenant: Tenant, aggregation: Aggregation
) -> None:
    weighting: dict[str, Any] = (
        {"weighting": Weighting.HOUR} if aggregation is Aggregation.WEIGHTED_SUM else {}
    )
    async with database.transaction(tenant.id) as session:
        await meter(session, aggregation, **weighting)
        subscriptions = [await subscriber(session) for _ in range(3)]
    events = [
        event(subscriptions[n % 3], day(2, n / 100), n % 7, event_id=f"same {n}")
        for n in range(400)
    ]

    def shuffled(step: int) -> list[UsageEvent]:
        return [events[n * step % 400] for n in range(300)]

    async def call(batch: list[UsageEvent]) -> int:
        return await database.run(tenant.id, lambda session: _accepted(session, batch))

    accepted = await asyncio.gather(*(call(shuffled(step)) for step in (1, 3, 7, 9, 11, 13)))

    async with database.transaction(tenant.id) as session:
        after = [(await measured(session, one)).quantity for one in subscriptions]
        rest = await ingest(session, events)
        await _cross_check(session)
        whole = [(await measured(session, one)).quantity for one in subscriptions]
    assert sum(accepted) + rest.accepted == 400
    if aggregation is Aggregation.SUM:
        assert sum(whole) == sum(n % 7 for n in range(400))
        assert sum(after) <= sum(whole)


async def _accepted(session: AsyncSession, batch: list[UsageEvent]) -> int:
    return (await ingest(session, batch)).accepted


async def _cross_check(session: AsyncSession) -> None:
    """Hours add up to what their events do."""
    connection = await driver_connection(session)
    differences = await connection.fetch(
        "SELECT * FROM (SELECT series_id, date_bin('1 hour', at, '2000-01-01Z') AS hour, count(*), "
        "COALESCE(sum(value), 0) AS total FROM billing.usage_events GROUP BY 1, 2) e "
        "FULL JOIN billing.usage_rollups r USING (series_id, hour) "
        "WHERE e.count IS DISTINCT FROM r.events OR e.total <> COALESCE(r.total, 0)"
    )
    assert differences == []


def test_ids_of_series_are_the_same_everywhere() -> None:
    one, two = UUID(int=1), UUID(int=2)

    first = series_id(one, two, "{}")

    assert first == series_id(one, two, "{}")
    assert first != series_id(two, one, "{}")
    assert (first.version, first.variant) == (8, RFC_4122)
