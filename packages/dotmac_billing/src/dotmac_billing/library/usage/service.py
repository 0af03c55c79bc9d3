"""Reporting usage in the founding words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.reading import midnight
from dotmac_billing.catalog.repository import CatalogRepository
from dotmac_billing.library.errors import UsageRefusedError
from dotmac_billing.library.schemas import UsageRecordCreate
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.meters.repository import MeterRepository
from dotmac_billing.usage.meters.service import define_meter
from dotmac_billing.usage.reported import UsageEvent
from dotmac_billing.usage.service import ingest
from dotmac_billing.usage.terms import Aggregation
from dotmac_core_ops.database import clock_of, new_id


async def require_meter(session: AsyncSession, code: str) -> None:
    """See that there is a meter of that code; a new one adds quantities up."""
    if await MeterRepository(session).find_by_code(code) is None:
        await define_meter(session, NewMeter(code, code, Aggregation.SUM))
        await session.flush()  # events are looked up in the table


async def report_usage(
    session: AsyncSession, subscription_id: UUID, usage: UsageRecordCreate
) -> str:
    """Report usage; the key under which it is known. A repeat of a key changes nothing.

    Raises:
        SubscriptionNotFoundError: there is none.
        UsageRefusedError: no meter counts it, it lies in the future or outside the subscription,
            or the key was used for something else.
    """
    subscription = await SubscriptionService(session).get(subscription_id)
    event_id = str(new_id())
    if usage.idempotency_key is not None:
        # Kept apart by subscription, so that two may count their reports alike.
        event_id = f"{subscription.number}:{usage.idempotency_key}"
    said = {"description": usage.description, "source_system": usage.source_system}
    result = await ingest(
        session,
        [
            UsageEvent(
                event_id,
                usage.unit_type or await _unit(session, subscription),
                _instant(session, subscription, usage.usage_date),
                subscription=str(subscription_id),
                value=usage.quantity,
                properties={name: text for name, text in said.items() if text is not None},
            )
        ],
    )
    for refusal in result.refusals.values():
        raise UsageRefusedError(refusal.code, refusal.message)
    return event_id


def _instant(
    session: AsyncSession, subscription: Subscription, when: datetime | date | None
) -> datetime:
    if when is None:
        return clock_of(session).now()
    if isinstance(when, datetime):
        return when.astimezone(UTC)
    return midnight(when, subscription.time_zone)


async def _unit(session: AsyncSession, subscription: Subscription) -> str:
    version_id = subscription.plan_version_id
    plan = (await CatalogRepository(session).published([version_id]))[version_id]
    units = sorted({one.meter for one in plan.components if one.meter is not None})
    if len(units) != 1:
        raise UsageRefusedError(
            "UNIT_UNKNOWN",
            f"The plan counts {len(units)} kinds of usage; say in unit_type which is meant.",
        )
    return units[0]
