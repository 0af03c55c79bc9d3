"""The log of monthly recurring revenue: written by changes of subscriptions, read by reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mrr.movements import restate
from dotmac_billing.mrr.repository import MrrRepository
from dotmac_billing.mrr.revenue import MonthlyMovement, RevenueMovement, RevenueStanding
from dotmac_core_ops.database import new_id

Timelines = Mapping[UUID, Mapping[UUID, Mapping[date, Decimal]]]
"""Customer → subscription → day → change of its monthly revenue on that day."""


async def recurring_revenue(session: AsyncSession, on: date) -> list[RevenueStanding]:
    """Monthly recurring revenue and paying customers at the end of `on`, one for each currency."""
    return await MrrRepository(session).standing(on)


async def revenue_movements(
    session: AsyncSession, since: date, until: date
) -> list[RevenueMovement]:
    """Changes of revenue from `since` up to, not including, `until`, by currency and kind.

    Revenue at the end of the day before `since`, plus these, is the revenue at the end of the day
    before `until`, always. A change that was made for a day before its own appears on that day.
    """
    return await MrrRepository(session).movements(since, until)


async def revenue_by_month(
    session: AsyncSession, since: date, until: date
) -> list[MonthlyMovement]:
    """The changes of `revenue_movements`, month by month."""
    return await MrrRepository(session).by_month(since, until)


async def log_changes(
    session: AsyncSession, timelines: Timelines, currencies: Mapping[UUID, str]
) -> int:
    """Bring the log in line with the whole timelines of the subscriptions that changed; new lines.

    The caller holds the customers' rows, so that nobody else judges their changes at the same time.
    `currencies` are those of the customers.
    """
    mrr = MrrRepository(session)
    logged = await mrr.logged(timelines)
    rows: Sequence[tuple[Any, ...]] = [
        (
            new_id(),
            customer_id,
            line.subscription_id,
            line.occurred_on,
            line.kind.value,
            line.amount,
            currencies[customer_id],
        )
        for customer_id, changed in timelines.items()
        for line in restate(logged.get(customer_id, ()), changed)
    ]
    return await mrr.add(rows) if rows else 0
