"""Queries of subscriptions, as records."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from dotmac_billing.catalog.models import PlanVersion, PriceComponent
from dotmac_billing.library.adapters.records import TODAY, RecordRepository
from dotmac_billing.library.plans.terms import BY_QUANTITY
from dotmac_billing.library.records import SubscriptionRecord
from dotmac_billing.subscriptions.models import Subscription, SubscriptionItem
from dotmac_billing.subscriptions.states import SubscriptionStatus

_others = sa.orm.aliased(SubscriptionItem)
_component = sa.orm.aliased(PriceComponent)
# The item that is served today; of those before and after the nearest.
_has_begun = sa.func.coalesce(_others.starts_on, Subscription.start_on) <= TODAY
_main_item = (
    sa.select(_others.id)
    .join(_component, _component.id == _others.component_id)
    .where(_others.subscription_id == Subscription.id)
    .order_by(
        _component.code.in_(sorted(BY_QUANTITY)).desc(),
        _has_begun.desc(),
        sa.case((_has_begun, _others.position), else_=-_others.position).desc(),
    )
    .limit(1)
    .correlate(Subscription)
    .scalar_subquery()
)
SERVED = (SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING)


class SubscriptionRepository(RecordRepository[SubscriptionRecord]):
    """Subscriptions; quantity and price are those of the item that is served today."""

    kind = "subscription"
    permanent = "cancel it instead."
    record = SubscriptionRecord
    source = sa.join(
        sa.join(Subscription, PlanVersion, PlanVersion.id == Subscription.plan_version_id),
        SubscriptionItem,
        SubscriptionItem.id == _main_item,
    )
    columns = {
        "id": Subscription.id,
        "tenant_id": Subscription.tenant_id,
        "subscription_number": Subscription.number,
        "customer_id": Subscription.customer_id,
        "billing_plan_id": PlanVersion.plan_id,
        "start_date": Subscription.start_on,
        "end_date": Subscription.end_on,
        "trial_end_date": Subscription.trial_end_on,
        "next_billing_date": Subscription.next_bill_on,
        "status": Subscription.status,
        "quantity": SubscriptionItem.quantity,
        "custom_price": SubscriptionItem.agreed_price,
        "currency": Subscription.currency,
        "created_at": Subscription.created_at,
    }

    async def get_by_customer(
        self, customer_id: UUID, tenant_id: UUID | None = None
    ) -> list[SubscriptionRecord]:
        """A customer's subscriptions, oldest first."""
        return await self.fetch([Subscription.customer_id == customer_id], tenant_id=tenant_id)

    async def get_active_subscriptions(
        self, tenant_id: UUID | None = None
    ) -> list[SubscriptionRecord]:
        """Those that are served now, in their trial or after it."""
        return await self.fetch([Subscription.status.in_(SERVED)], tenant_id=tenant_id)

    async def get_due_for_billing(
        self, billing_date: date, tenant_id: UUID | None = None
    ) -> list[SubscriptionRecord]:
        """Those with something to bill up to and including that day."""
        return await self.fetch(
            [Subscription.next_bill_on <= billing_date],
            order=self.columns["next_billing_date"],
            tenant_id=tenant_id,
        )

    async def get_by_subscription_number(
        self, number: str, tenant_id: UUID | None = None
    ) -> SubscriptionRecord | None:
        """The subscription with that number."""
        return await self.get_by_field("subscription_number", number, tenant_id)

    async def get_expiring_subscriptions(
        self, days_ahead: int = 30, tenant_id: UUID | None = None
    ) -> list[SubscriptionRecord]:
        """Those that end within so many days from today (UTC), soonest first."""
        today = self.bound.clock.today()
        ends_soon = Subscription.end_on.between(today, today + timedelta(days=days_ahead))
        return await self.fetch([ends_soon], order=self.columns["end_date"], tenant_id=tenant_id)
