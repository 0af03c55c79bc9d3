"""Usage so far: of a subscription, of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from fastapi import APIRouter, Depends, Query, Response

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.schemas import Day
from dotmac_billing.usage.meters.definition import MeterTerms
from dotmac_billing.usage.meters.repository import used_meters
from dotmac_billing.usage.reading.current import MOST_DAYS, Days, running_period, windows
from dotmac_billing.usage.reading.errors import UsageSpanError
from dotmac_billing.usage.reading.readings import reading
from dotmac_billing.usage.reading.repository import UsageReader
from dotmac_billing.usage.reading.schemas import ReadingOut
from dotmac_billing.usage.reading.service import measure_on
from dotmac_core_ops.database import Database, Db, PooledConnection
from dotmac_core_ops.http import Envelope, dump_json, raw_json
from dotmac_core_ops.principal import Principal, requires

subscription_usage_router = APIRouter(prefix="/subscriptions", tags=["Usage"])
customer_usage_router = APIRouter(prefix="/billing/customers", tags=["Usage"])

Reader = Annotated[Principal, Depends(requires("usage:read"))]
_MOST_SUBSCRIPTIONS = 50


class Wanted:
    """Which days and which parts of usage are wanted."""

    def __init__(
        self,
        *,
        since: Annotated[
            Day | None,
            Query(alias="from", description="First day; without it the running period's."),
        ] = None,
        until: Annotated[
            Day | None, Query(alias="to", description="First day after; as `from`.")
        ] = None,
        meter: Annotated[
            str | None, Query(max_length=64, description="Code; without it every meter used.")
        ] = None,
        group_by: Annotated[
            str | None, Query(max_length=64, description="A dimension of the meters.")
        ] = None,
        daily: Annotated[bool, Query(description="Each day by itself as well.")] = False,
    ) -> None:
        self.since = since
        self.until = until
        self.meter = meter
        self.group_by = group_by
        self.daily = daily

    def days(self, subscription: asyncpg.Record, today: date) -> Days:
        """The days asked for, or those of the running billing period.

        Raises:
            UsageSpanError: none or too many.
        """
        running = running_period(
            subscription["anchor_on"], BillingCycle(subscription["cycle"]), today
        )
        days = Days(self.since or running.since, self.until or running.until)
        if not 0 < (days.until - days.since).days <= MOST_DAYS:
            raise UsageSpanError(MOST_DAYS)
        return days


@subscription_usage_router.get(
    "/{subscription_id}/usage",
    summary="Read a subscription's usage",
    response_model=Envelope[ReadingOut],
)
async def read_subscription_usage(
    subscription_id: UUID, db: Db, principal: Reader, wanted: Annotated[Wanted, Depends()]
) -> Response:
    """What it has used on each meter, in the running billing period unless days are given."""
    async with db.read(principal.tenant_id) as connection:
        found = await UsageReader(connection).subscription(subscription_id)
        if found is None:
            raise SubscriptionNotFoundError(subscription_id)
        (read,) = await _readings(db, connection, [found], wanted)
    return raw_json(dump_json({"data": read, "meta": {}}))


@customer_usage_router.get(
    "/{customer_id}/usage",
    summary="Read a customer's usage",
    response_model=Envelope[list[ReadingOut]],
)
async def read_customer_usage(
    customer_id: UUID, db: Db, principal: Reader, wanted: Annotated[Wanted, Depends()]
) -> Response:
    """The usage of each of the customer's subscriptions: of the 50 newest, if there are more."""
    async with db.read(principal.tenant_id) as connection:
        found = await UsageReader(connection).of_customer(customer_id, _MOST_SUBSCRIPTIONS)
        if found is None:
            raise BillingCustomerNotFoundError(customer_id)
        read = await _readings(db, connection, found, wanted)
    return raw_json(dump_json({"data": read, "meta": {}}))


async def _readings(
    db: Database,
    connection: PooledConnection,
    subscriptions: Sequence[asyncpg.Record],
    wanted: Wanted,
) -> list[dict[str, Any]]:
    ids = [one["id"] for one in subscriptions]
    known = await used_meters(connection, ids)
    meters = [one for code, one in known.items() if wanted.meter in (None, code)]
    values = await _values(connection, ids, meters, wanted.group_by) if wanted.group_by else {}
    days = {one["id"]: wanted.days(one, db.clock.today(one["time_zone"])) for one in subscriptions}
    asked = [
        window
        for one in subscriptions
        for meter in meters
        for window in windows(
            one["id"],
            meter.code,
            days[one["id"]],
            ZoneInfo(one["time_zone"]),
            daily=wanted.daily,
            groups=sorted(values.get((one["id"], meter.id), ())),
        )
    ]
    measured = await measure_on(connection, asked) if asked else {}
    return [reading(dict(one), days[one["id"]], meters, measured) for one in subscriptions]


async def _values(
    connection: PooledConnection, ids: Sequence[UUID], meters: Sequence[MeterTerms], dimension: str
) -> dict[tuple[UUID, UUID], set[tuple[str, str]]]:
    """By subscription and meter the values that there are of a dimension."""
    kept = {meter.id for meter in meters if dimension in meter.dimensions}
    found: dict[tuple[UUID, UUID], set[tuple[str, str]]] = {}
    for subscription_id, meter_id, dimensions in await UsageReader(connection).dimensions(ids):
        if meter_id in kept and dimension in dimensions:
            value = (dimension, dimensions[dimension])
            found.setdefault((subscription_id, meter_id), set()).add(value)
    return found
