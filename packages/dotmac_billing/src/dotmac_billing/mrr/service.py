"""The log of monthly recurring revenue: written by changes of subscriptions, read by reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mapped_base import table_of
from dotmac_billing.mrr.models import MrrMovement
from dotmac_billing.mrr.movements import restate
from dotmac_billing.mrr.repository import MrrRepository
from dotmac_billing.mrr.revenue import MonthlyMovement, RevenueMovement, RevenueStanding
from dotmac_core_ops.database import TableRows, new_ids

COLUMNS = ("id", "customer_id", "subscription_id", "occurred_on", "kind", "amount", "currency")

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


async def log_of(
    session: AsyncSession, timelines: Timelines, currencies: Mapping[UUID, str]
) -> TableRows:
    """What to append to the log so that it tells the whole `timelines` of what changed.

    The caller writes it in the same transaction and holds the customers' rows until its end, so
    that nobody else judges their changes meanwhile. `currencies` are those of the customers.
    """
    logged = await MrrRepository(session).logged(timelines) if timelines else {}
    lines = [
        (customer_id, line)
        for customer_id, changed in timelines.items()
        for line in restate(logged.get(customer_id, ()), changed)
    ]
    rows = [
        (
            movement_id,
            customer_id,
            line.subscription_id,
            line.occurred_on,
            line.kind.value,
            line.amount,
            currencies[customer_id],
        )
        for movement_id, (customer_id, line) in zip(new_ids(len(lines)), lines, strict=True)
    ]
    return TableRows(table_of(MrrMovement), COLUMNS, rows)
