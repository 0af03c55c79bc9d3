"""Counts of customers and subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.models import Customer
from dotmac_billing.subscriptions.models import Subscription


class AnalyticsRepository:
    """Counts of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def customers(self, since: datetime) -> tuple[int, int, int]:
        """All customers, those in use, and those opened since an instant."""
        found = await self._session.execute(
            sa.select(
                sa.func.count(),
                sa.func.count().filter(Customer.is_active),
                sa.func.count().filter(Customer.created_at >= since),
            ).select_from(Customer)
        )
        everybody, active, new = found.one()
        return everybody, active, new

    async def subscriptions(self, since: datetime) -> tuple[Mapping[str, int], int, int]:
        """Subscriptions by state, and how many were started and cancelled since an instant."""
        by_status = await self._session.execute(
            sa.select(Subscription.status, sa.func.count())
            .group_by(Subscription.status)
            .order_by(Subscription.status)
        )
        moved = await self._session.execute(
            sa.select(
                sa.func.count().filter(Subscription.created_at >= since),
                sa.func.count().filter(Subscription.cancelled_at >= since),
            ).select_from(Subscription)
        )
        new, cancelled = moved.one()
        return {status.value: count for status, count in by_status}, new, cancelled
