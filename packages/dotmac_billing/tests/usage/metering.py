"""What tests of usage share: a meter and a subscriber in a line, and events by hour of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.charges.measured import Measured, Need
from dotmac_billing.charges.windows import Windows
from dotmac_billing.testing import payer, subscribed
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.reported import IngestResult, Property, UsageEvent
from dotmac_billing.usage.service import define_meter, measure
from dotmac_billing.usage.terms import Aggregation
from dotmac_billing.usage.windows import Filters, UsageWindow

NOV_1 = datetime(2026, 11, 1, tzinfo=UTC)
DEC_1 = datetime(2026, 12, 1, tzinfo=UTC)
SINCE = date(2026, 1, 1)

_numbers = count(1)


async def meter(
    session: AsyncSession,
    aggregation: Aggregation = Aggregation.SUM,
    code: str = "traffic",
    **more: Any,  # noqa: ANN401 # columns of the meter
) -> UUID:
    """A meter; its id."""
    new = NewMeter(code=code, name=code.title(), aggregation=aggregation, **more)
    return (await define_meter(session, new)).id


async def subscriber(
    session: AsyncSession,
    *,
    zone: str = "UTC",
    external_id: str | None = None,
    since: date = SINCE,
) -> UUID:
    """A subscription of a new customer in that zone."""
    customer = await payer(session, time_zone=zone)
    return await subscribed(session, since=since, customer=customer, external_id=external_id)


def event(
    subscription: UUID | str | None,
    at: datetime,
    value: object = None,
    *,
    event_id: str | None = None,
    meter: str = "traffic",
    customer: str | None = None,
    **properties: Property,
) -> UsageEvent:
    """An event with an id of its own, unless one is given."""
    return UsageEvent(
        event_id=event_id or f"e-{next(_numbers)}",
        meter=meter,
        at=at,
        customer=customer,
        subscription=None if subscription is None else str(subscription),
        value=None if value is None else Decimal(str(value)),
        properties=properties,
    )


def day(number: int, hour: float = 12) -> datetime:
    """An instant of November 2026, in UTC."""
    return NOV_1 + timedelta(days=number - 1, hours=hour)


async def measured(
    session: AsyncSession,
    subscription: UUID,
    *,
    meter: str = "traffic",
    since: datetime = NOV_1,
    until: datetime = DEC_1,
    filters: Filters = (),
    needs: Sequence[Need] = (),
    time_of_use: Windows | None = None,
) -> Measured:
    """What a window of usage adds up to."""
    window = UsageWindow(
        "w",
        subscription,
        meter,
        since,
        until,
        filters,
        frozenset({Need.TOTAL, *needs}),
        time_of_use,
    )
    return (await measure(session, [window]))["w"]


def codes(result: IngestResult) -> list[str]:
    """For each event its outcome, or the code of its refusal."""
    return [
        result.refusals[n].code if n in result.refusals else outcome.value
        for n, outcome in enumerate(result.outcomes)
    ]
