"""Revenue by month, as billing logged it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_analytics.revenue.errors import MOST_MONTHS, YEARS, InvalidSpanError
from dotmac_analytics.revenue.recurring import MonthOfRevenue, MovementSum, months_of_revenue
from dotmac_billing import billing_currency, recurring_revenue, revenue_by_month
from dotmac_core_ops.months import add_months


async def revenue_months(
    session: AsyncSession, first: date | None, last: date, currency: str | None = None
) -> tuple[str, list[MonthOfRevenue]]:
    """The currency, and one row for each month from that of `first` to that of `last`.

    `first` None means the twelve months up to that of `last`. `currency` None means the tenant's
    own; revenue in other currencies is not converted into it.

    Raises:
        InvalidSpanError: `last` before `first`, too many months, or outside of 1900 to 2999.
    """
    if last.year not in YEARS or (first is not None and first.year not in YEARS):
        raise InvalidSpanError(first or last, last)
    first = first or add_months(last, -11)
    first, last = first.replace(day=1), last.replace(day=1)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= months <= MOST_MONTHS:
        raise InvalidSpanError(first, last)
    wanted = currency or await billing_currency(session)
    opening, customers = Decimal(0), 0
    for standing in await recurring_revenue(session, first - timedelta(days=1)):
        if standing.currency == wanted:
            opening, customers = standing.amount, standing.customers
    sums = [
        MovementSum(row.month, row.kind.value, row.amount, row.customers)
        for row in await revenue_by_month(session, first, add_months(last, 1))
        if row.currency == wanted
    ]
    rows = months_of_revenue(
        sums, first=first, last=last, opening=opening, opening_customers=customers
    )
    return wanted, rows
