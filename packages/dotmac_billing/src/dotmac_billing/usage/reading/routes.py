"""Usage so far: of a subscription, of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.schemas import Day
from dotmac_billing.usage.reading.current import MOST_DAYS, Days, running_period, windows
from dotmac_billing.usage.reading.errors import UsageSpanError
from dotmac_billing.usage.reading.plain_path import plain_id
from dotmac_billing.usage.reading.readings import reading
from dotmac_billing.usage.reading.repository import UsageReader
from dotmac_billing.usage.reading.schemas import ReadingOut
from dotmac_billing.usage.reading.series import Subscribed, values_of
from dotmac_billing.usage.reading.service import measure_on
from dotmac_core_ops.database import Database, Db, PooledConnection, get_database
from dotmac_core_ops.http import Envelope, dump_json, raw_json, shortcut
from dotmac_core_ops.principal import Principal, principal_of, requires

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

    def days(self, subscription: Subscribed, today: date) -> Days:
        """The days asked for, or those of the running billing period.

        Raises:
            UsageSpanError: none or too many.
        """
        running = running_period(subscription.anchor_on, subscription.cycle, today)
        days = Days(self.since or running.since, self.until or running.until)
        if not 0 < (days.until - days.since).days <= MOST_DAYS:
            raise UsageSpanError(MOST_DAYS)
        return days


async def _read_plainly(request: Request) -> Response | None:
    """The usual question, without FastAPI's part; any other is left to the route."""
    subscription_id = plain_id(request.path_params["subscription_id"])
    if subscription_id is None or request.scope["query_string"]:
        return None
    principal = await principal_of(request)
    running = Wanted(since=None, until=None, meter=None, group_by=None, daily=False)
    return await _read(get_database(request), principal.tenant_id, subscription_id, running)


@subscription_usage_router.get(
    "/{subscription_id}/usage",
    summary="Read a subscription's usage",
    response_model=Envelope[ReadingOut],
)
@shortcut(_read_plainly)
async def read_subscription_usage(
    subscription_id: UUID, db: Db, principal: Reader, wanted: Annotated[Wanted, Depends()]
) -> Response:
    """What it has used on each meter, in the running billing period unless days are given."""
    return await _read(db, principal.tenant_id, subscription_id, wanted)


async def _read(db: Database, tenant_id: UUID, subscription_id: UUID, wanted: Wanted) -> Response:
    async with db.read(tenant_id) as connection:
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
    subscriptions: Sequence[Subscribed],
    wanted: Wanted,
) -> list[dict[str, Any]]:
    known = {meter_id: meter for one in subscriptions for meter_id, meter in one.meters.items()}
    meters = [one for one in known.values() if wanted.meter in (None, one.code)]
    days = {one.id: wanted.days(one, db.clock.today(one.time_zone)) for one in subscriptions}
    asked = [
        window
        for one in subscriptions
        for meter in meters
        for window in windows(
            one.id,
            meter.code,
            days[one.id],
            ZoneInfo(one.time_zone),
            daily=wanted.daily,
            groups=values_of(one, meter, wanted.group_by) if wanted.group_by else (),
        )
    ]
    series = {key: found for one in subscriptions for key, found in one.series.items()}
    by_code = {meter.code: meter for meter in meters}
    measured = await measure_on(connection, asked, by_code, series) if asked else {}
    return [reading(one, days[one.id], meters, measured) for one in subscriptions]
