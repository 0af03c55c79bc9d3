"""What a bill run asks about usage of days that it has billed before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.lateness.repository import LatenessRepository
from dotmac_billing.usage.windows import LateUsage
from dotmac_core_ops.database import clock_of


async def late_periods(
    session: AsyncSession, subscription_ids: Collection[UUID]
) -> dict[UUID, list[LateUsage]]:
    """By subscription what changed on days that had been billed, oldest first; not settled yet.

    One query for all; subscriptions without any are left out.
    """
    found: dict[UUID, list[LateUsage]] = {}
    for late in await LatenessRepository(session).waiting(subscription_ids):
        found.setdefault(late.subscription_id, []).append(late)
    return found


async def settle_late(session: AsyncSession, late_ids: Collection[UUID]) -> None:
    """Say that these were rated again, whether anything was left to bill or not."""
    if late_ids:
        await LatenessRepository(session).settle(late_ids, clock_of(session).now())


async def rate_again(session: AsyncSession, days: Collection[tuple[UUID, str, date]]) -> None:
    """Let the billed periods be rated again that these days (subscription, meter, day) lie in.

    For changes in the past, where the usage is what it was but other items are charged for it, and
    for invoices that are void.
    """
    if days:
        await LatenessRepository(session).rate_again(days, clock_of(session).now())
