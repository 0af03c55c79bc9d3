"""Whatever the order and the calls in which events come, they add up to the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.hours import midnight
from dotmac_billing.usage.reported import UsageEvent
from dotmac_billing.usage.service import ingest
from dotmac_billing.usage.terms import Aggregation, Weighting
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .metering import event, measured, meter, subscriber

_runs = count()
SPAN_SECONDS = 48 * 3600

Used = tuple[int, Decimal]
levels = st.decimals(min_value=0, max_value=1000, places=3)
usage = st.lists(st.tuples(st.integers(0, SPAN_SECONDS), levels), min_size=1, max_size=12)


def expected(aggregation: Aggregation, used: Sequence[Used], seconds: int) -> Decimal:
    """What they add up to in a window of `seconds`, computed from the events alone."""
    values = [value for _, value in used]
    in_order = sorted(used)
    ends = [*(second for second, _ in in_order[1:]), seconds]
    held = [value * (end - at) for (at, value), end in zip(in_order, ends, strict=True)]
    total = sum(values, Decimal(0))
    return {
        Aggregation.COUNT: Decimal(len(used)),
        Aggregation.SUM: total,
        Aggregation.MAX: max(values),
        Aggregation.LATEST: in_order[-1][1],
        Aggregation.UNIQUE_COUNT: Decimal(len(set(values))),
        Aggregation.AVERAGE: round(total / len(values), 9),
        Aggregation.WEIGHTED_SUM: round(sum(held, Decimal(0)) / 3600, 9),
    }[aggregation]


@given(
    aggregation=st.sampled_from(Aggregation),
    used=usage,
    data=st.data(),
    zone=st.sampled_from(["UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"]),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_the_order_of_events_does_not_matter(
    *,
    database: Database,
    tenant: Tenant,
    aggregation: Aggregation,
    used: list[Used],
    data: st.DataObject,
    zone: str,
) -> None:
    run = f"run-{next(_runs)}"
    since, until = (midnight(day, ZoneInfo(zone)) for day in (date(2026, 11, 1), date(2026, 12, 1)))
    async with database.transaction(tenant.id) as session:
        weighting = Weighting.HOUR if aggregation is Aggregation.WEIGHTED_SUM else None
        await meter(session, aggregation, run, weighting=weighting)
        subscription = await subscriber(session, zone=zone)
        events = [
            event(
                subscription,
                since + timedelta(seconds=second),
                value,
                event_id=f"{run}-{n}",
                meter=run,
            )
            for n, (second, value) in enumerate(used)
        ]
        shuffled = data.draw(st.permutations([*events, *events[:3]]))
        cuts = sorted(data.draw(st.sets(st.integers(0, len(shuffled)), max_size=3)))
        await _in_calls(session, shuffled, cuts)

        found = await measured(session, subscription, meter=run, since=since, until=until)

    assert found.quantity == expected(aggregation, used, int((until - since).total_seconds()))


async def _in_calls(session: AsyncSession, events: list[UsageEvent], cuts: list[int]) -> None:
    for first, last in zip([0, *cuts], [*cuts, len(events)], strict=True):
        await ingest(session, events[first:last])
