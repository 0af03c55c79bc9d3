"""Queries of usage, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from dotmac_billing.assembly.reading import midnight
from dotmac_billing.library.adapters.records import RecordRepository
from dotmac_billing.library.errors import RecordNotFoundError
from dotmac_billing.library.names import PROCESSED
from dotmac_billing.library.records import UsageRecord
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.usage.corrections.service import Correct, correct_usage
from dotmac_billing.usage.models import Meter, UsageCorrection, UsageEvent, UsageSeries

_newest = (
    sa.select(UsageCorrection.value, UsageCorrection.is_void, UsageCorrection.reason)
    .where(
        UsageCorrection.series_id == UsageEvent.series_id,
        UsageCorrection.at == UsageEvent.at,
        UsageCorrection.event_id == UsageEvent.event_id,
    )
    .order_by(UsageCorrection.id.desc())
    .limit(1)
    .correlate(UsageEvent)
    .lateral("corrected")
)
_set_aside = sa.func.coalesce(_newest.c.is_void & (_newest.c.reason == PROCESSED), False)
_counts = sa.func.coalesce(~_newest.c.is_void, True) | _set_aside
_day = sa.cast(sa.func.timezone(Subscription.time_zone, UsageEvent.at), sa.Date())
_is_billed = sa.func.coalesce(_day < Subscription.usage_billed_until, False)
_quantity = sa.case(
    (_set_aside, UsageEvent.value), else_=sa.func.coalesce(_newest.c.value, UsageEvent.value)
)


class UsageRepository(RecordRepository[UsageRecord]):
    """Usage that was reported with a quantity; what was made void is left out.

    The id of a record is the key under which it was reported.
    """

    kind = "usage record"
    permanent = "correct it instead."
    record = UsageRecord
    source = sa.join(
        sa.join(
            sa.join(
                sa.join(UsageEvent, UsageSeries, UsageSeries.id == UsageEvent.series_id),
                Meter,
                Meter.id == UsageSeries.meter_id,
            ),
            Subscription,
            Subscription.id == UsageSeries.subscription_id,
        ),
        _newest,
        sa.true(),
        isouter=True,
    )
    columns = {
        "id": UsageEvent.event_id,
        "tenant_id": UsageEvent.tenant_id,
        "subscription_id": UsageSeries.subscription_id,
        "usage_date": UsageEvent.at,
        "quantity": _quantity,
        "unit_type": Meter.code,
        "description": UsageEvent.properties["description"].astext,
        "source_system": UsageEvent.properties["source_system"].astext,
        "processed": _is_billed | _set_aside,
        "created_at": UsageEvent.received_at,
    }
    _shown = (_counts, _quantity.is_not(None))

    async def get_by_key(self, event_id: str) -> UsageRecord:
        """The usage that was reported under that key.

        Raises:
            RecordNotFoundError: there is none.
        """
        found = await self.fetch([*self._shown, UsageEvent.event_id == event_id])
        if not found:
            raise RecordNotFoundError(self.kind, event_id)
        return found[0]

    async def get_by_subscription(
        self,
        subscription_id: UUID,
        start_date: date | None = None,
        end_date: date | None = None,
        tenant_id: UUID | None = None,
    ) -> list[UsageRecord]:
        """A subscription's usage from one day to another of its zone, both included, in order."""
        conditions = await self._of(subscription_id, start_date, end_date, tenant_id)
        return await self.fetch(conditions, order=UsageEvent.at, tenant_id=tenant_id)

    async def get_unprocessed_usage(
        self, subscription_id: UUID | None = None, tenant_id: UUID | None = None
    ) -> list[UsageRecord]:
        """Usage that is still to be billed, of one subscription or of all, in order of time."""
        conditions = [*self._shown, ~self.columns["processed"]]
        if subscription_id is not None:
            conditions.append(UsageSeries.subscription_id == subscription_id)
        return await self.fetch(conditions, order=UsageEvent.at, tenant_id=tenant_id)

    async def get_usage_summary_by_subscription(
        self,
        subscription_id: UUID,
        start_date: date | None = None,
        end_date: date | None = None,
        tenant_id: UUID | None = None,
    ) -> Mapping[str, Decimal]:
        """The sum of a subscription's usage in that time, by unit."""
        session = await self.bound.open(tenant_id)
        conditions = await self._of(subscription_id, start_date, end_date, tenant_id)
        found = await session.execute(
            sa.select(Meter.code, sa.func.sum(_quantity).label("total"))
            .select_from(self.source)
            .where(*conditions)
            .group_by(Meter.code)
            .order_by(Meter.code)
        )
        return {row.code: row.total for row in found}

    async def bulk_mark_processed(
        self, usage_ids: Sequence[str], tenant_id: UUID | None = None
    ) -> int:
        """Note that usage was dealt with elsewhere: it will not be billed. How many were new.

        What has been billed is processed already; that is done by the bill, not by hand.
        """
        session = await self.bound.open(tenant_id)
        waiting = await self.fetch(
            [*self._shown, ~self.columns["processed"], UsageEvent.event_id.in_(usage_ids)],
            order=UsageEvent.at,
        )
        for record in waiting:
            await correct_usage(session, record.id, Correct(is_void=True, reason=PROCESSED))
        return len(waiting)

    async def _of(
        self,
        subscription_id: UUID,
        start_date: date | None,
        end_date: date | None,
        tenant_id: UUID | None,
    ) -> list[sa.ColumnElement[bool]]:
        conditions = [*self._shown, UsageSeries.subscription_id == subscription_id]
        if start_date is None and end_date is None:
            return conditions
        session = await self.bound.open(tenant_id)
        zone = (await SubscriptionService(session).get(subscription_id)).time_zone
        if start_date is not None:
            conditions.append(UsageEvent.at >= midnight(start_date, zone))
        if end_date is not None:
            conditions.append(UsageEvent.at < midnight(end_date + timedelta(days=1), zone))
        return conditions
