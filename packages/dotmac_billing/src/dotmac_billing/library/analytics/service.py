"""Figures of a tenant; they are those of the books and of the log of recurring revenue."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.library.adapters.bound_session import BoundSession
from dotmac_billing.library.analytics.figures import (
    ChurnAnalysis,
    CustomerMetrics,
    RevenueMetrics,
    SubscriptionMetrics,
    ratio,
    share,
)
from dotmac_billing.library.analytics.repository import AnalyticsRepository
from dotmac_billing.library.invoices.repository import InvoiceRepository
from dotmac_billing.library.subscriptions.repository import SERVED
from dotmac_billing.mrr.movements import MovementKind
from dotmac_billing.mrr.revenue import RevenueStanding
from dotmac_billing.mrr.service import recurring_revenue, revenue_movements
from dotmac_billing.settings.service import settings_of
from dotmac_core_ops.database import clock_of

_DAY, _MONTH = timedelta(days=1), timedelta(days=30)
_NOTHING = Decimal(0)


class BillingAnalytics:
    """Figures of one tenant; a `BillingAnalyticsProtocol`. Both ends of spans are included."""

    def __init__(self, bound: BoundSession) -> None:
        self._bound = bound
        self._invoices = InvoiceRepository(bound)

    async def get_revenue_metrics(
        self, start_date: date, end_date: date, tenant_id: UUID | None = None
    ) -> RevenueMetrics:
        """Revenue of a span of days; see `RevenueMetrics`."""
        session = await self._bound.open(tenant_id)
        currency = (await settings_of(session)).currency
        billed = await self._invoices.get_revenue_by_period(start_date, end_date)
        length = end_date - start_date + _DAY
        earlier = await self._invoices.get_revenue_by_period(start_date - length, start_date - _DAY)
        now = await _standing(session, currency, end_date)
        total, before = billed.get(currency, _NOTHING), earlier.get(currency, _NOTHING)
        return {
            "currency": currency,
            "total_revenue": total,
            "mrr": now.amount,
            "arr": now.amount * 12,
            "arpu": share(now.amount, now.customers),
            "growth_rate": ratio(total - before, before),
            "by_currency": dict(billed),
        }

    async def get_customer_metrics(self, tenant_id: UUID | None = None) -> CustomerMetrics:
        """Customers today; see `CustomerMetrics`."""
        session = await self._bound.open(tenant_id)
        today, now = clock_of(session).today(), clock_of(session).now()
        counts = await AnalyticsRepository(session).customers(now - _MONTH)
        churn = await self.get_churn_analysis(today - _MONTH + _DAY, today)
        standing = await _standing(session, churn["currency"], today)
        rate = churn["customer_churn_rate"]
        average = share(standing.amount, standing.customers)
        return {
            "total_customers": counts[0],
            "active_customers": counts[1],
            "paying_customers": standing.customers,
            "new_customers": counts[2],
            "churned_customers": churn["churned_customers"],
            "churn_rate": rate,
            "lifetime_value": ratio(average, rate) if rate else None,
        }

    async def get_subscription_metrics(self, tenant_id: UUID | None = None) -> SubscriptionMetrics:
        """Subscriptions today; see `SubscriptionMetrics`."""
        session = await self._bound.open(tenant_id)
        clock = clock_of(session)
        repository = AnalyticsRepository(session)
        by_status, new, cancelled = await repository.subscriptions(clock.now() - _MONTH)
        active = sum(by_status.get(status.value, 0) for status in SERVED)
        currency = (await settings_of(session)).currency
        standing = await _standing(session, currency, clock.today())
        return {
            "total_subscriptions": sum(by_status.values()),
            "active_subscriptions": active,
            "new_subscriptions": new,
            "cancelled_subscriptions": cancelled,
            "churn_rate": ratio(cancelled, active + cancelled - new),
            "average_value": share(standing.amount, active),
            "by_status": dict(by_status),
        }

    async def get_churn_analysis(
        self, start_date: date, end_date: date, tenant_id: UUID | None = None
    ) -> ChurnAnalysis:
        """What was lost in a span of days; see `ChurnAnalysis`."""
        session = await self._bound.open(tenant_id)
        currency = (await settings_of(session)).currency
        before = await _standing(session, currency, start_date - _DAY)
        lost = {
            one.kind: one
            for one in await revenue_movements(session, start_date, end_date + _DAY)
            if one.currency == currency
        }
        churn, less = lost.get(MovementKind.CHURN), lost.get(MovementKind.CONTRACTION)
        churned = -churn.amount if churn else _NOTHING
        customers = churn.customers if churn else 0
        return {
            "currency": currency,
            "mrr_at_start": before.amount,
            "churned_mrr": churned,
            "contraction_mrr": -less.amount if less else _NOTHING,
            "revenue_churn_rate": ratio(churned, before.amount),
            "customers_at_start": before.customers,
            "churned_customers": customers,
            "customer_churn_rate": ratio(customers, before.customers),
        }


async def _standing(session: AsyncSession, currency: str, on: date) -> RevenueStanding:
    found = {one.currency: one for one in await recurring_revenue(session, on)}
    return found.get(currency) or RevenueStanding(currency, _NOTHING, 0)
