"""Alerts: set on a subscription's meter, told once in each of its periods."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.usage.alerts.errors import (
    UsageAlertExistsError,
    UsageAlertInvalidError,
    UsageAlertNotFoundError,
)
from dotmac_billing.usage.alerts.included import included_quantity
from dotmac_billing.usage.alerts.repository import AlertRepository, Firing
from dotmac_billing.usage.events import UsageThresholdReached
from dotmac_billing.usage.hours import midnight
from dotmac_billing.usage.meters.errors import UnknownMeterError
from dotmac_billing.usage.meters.repository import MeterRepository
from dotmac_billing.usage.models import UsageAlert
from dotmac_billing.usage.reading.current import running_period
from dotmac_billing.usage.reading.service import measure
from dotmac_billing.usage.windows import UsageWindow
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id

_NINE = Decimal("1e-9")


async def fire_alerts(session: AsyncSession, series_ids: Collection[UUID], now: datetime) -> int:
    """Tell of every alert on what these series belong to that the running period has reached.

    Each goes off once in a period; how many did now. A handful of queries for all.
    """
    repository = AlertRepository(session)
    alerts = {row["id"]: row for row in await repository.on(series_ids)}
    if not alerts:
        return 0
    periods = {
        alert_id: running_period(
            row["anchor_on"],
            BillingCycle(row["cycle"]),
            now.astimezone(ZoneInfo(row["time_zone"])).date(),
        )
        for alert_id, row in alerts.items()
    }
    windows = []
    for alert_id, row in alerts.items():
        zone, days = ZoneInfo(row["time_zone"]), periods[alert_id]
        since, until = midnight(days.since, zone), midnight(days.until, zone)
        windows.append(UsageWindow(alert_id, row["subscription_id"], row["meter"], since, until))
    measured = await measure(session, windows)
    reached = [
        Firing(alert_id, periods[alert_id].since, measured[alert_id].quantity)
        for alert_id, row in alerts.items()
        if measured[alert_id].quantity >= row["quantity"]
    ]
    fired = await repository.fire(reached, now) if reached else set()
    events = [
        UsageThresholdReached(
            alert_id=alert_id,
            subscription_id=alerts[alert_id]["subscription_id"],
            customer_id=alerts[alert_id]["customer_id"],
            meter=alerts[alert_id]["meter"],
            threshold=alerts[alert_id]["quantity"],
            quantity=measured[alert_id].quantity,
            percent=alerts[alert_id]["percent"],
            period_start=period_start,
            period_end=periods[alert_id].until,
        )
        for alert_id, period_start in sorted(fired)
    ]
    await EventPublisher(session).publish_many(events)
    return len(events)


class AlertService:
    """Which alerts there are."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._alerts = AlertRepository(session)

    async def set(
        self,
        subscription_id: UUID,
        meter: str,
        *,
        quantity: Decimal | None = None,
        percent: Decimal | None = None,
    ) -> UsageAlert:
        """Tell when the usage of a period reaches a quantity, or a percentage of what is included.

        A percentage is of what the subscription's price includes as it is now; the quantity that
        it makes is what the alert keeps.

        Raises:
            SubscriptionNotFoundError, UnknownMeterError: no such thing.
            UsageAlertInvalidError: neither or both of them, or nothing is included.
            UsageAlertExistsError: there is one at this quantity.
        """
        if await SubscriptionRepository(self._session).find(subscription_id) is None:
            raise SubscriptionNotFoundError(subscription_id)
        known = (await MeterRepository(self._session).all_terms()).get(meter)
        if known is None:
            raise UnknownMeterError([meter])
        threshold = await self._threshold(subscription_id, meter, quantity, percent)
        if await self._alerts.exists(subscription_id, known.id, threshold):
            raise UsageAlertExistsError(threshold)
        alert = UsageAlert(
            id=new_id(),
            subscription_id=subscription_id,
            meter_id=known.id,
            quantity=threshold,
            percent=percent,
            created_at=clock_of(self._session).now(),
        )
        await self._alerts.add(alert)
        await record(
            self._session,
            action="usage_alerts.set",
            target=("usage_alert", alert.id),
            after={"subscription_id": subscription_id, "meter": meter, "quantity": threshold},
        )
        return alert

    async def remove(self, alert_id: UUID) -> None:
        """Stop telling.

        Raises:
            UsageAlertNotFoundError: no such alert.
        """
        alert = await self._alerts.find(alert_id)
        if alert is None:
            raise UsageAlertNotFoundError(alert_id)
        alert.removed_at = clock_of(self._session).now()
        await record(self._session, action="usage_alerts.remove", target=("usage_alert", alert_id))

    async def _threshold(
        self, subscription_id: UUID, meter: str, quantity: Decimal | None, percent: Decimal | None
    ) -> Decimal:
        if (quantity is None) == (percent is None):
            raise UsageAlertInvalidError("Give a quantity, or a percentage of what is included.")
        if percent is not None:
            row = await self._alerts.price(subscription_id, meter)
            included = None
            if row is not None and row["parameters"] is not None:
                parameters = orjson.loads(row["parameters"])
                included = included_quantity(ChargeModel(row["model"]), parameters)
            if not included:
                raise UsageAlertInvalidError("The price includes nothing; give a quantity.")
            quantity = round(included * percent / 100, 9)
        assert quantity is not None
        if quantity <= 0:
            raise UsageAlertInvalidError("A threshold is above zero.")
        return quantity.quantize(_NINE)
