"""What may be used."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.access.effective import effective
from dotmac_billing.access.repository import AccessRepository
from dotmac_billing.catalog.entitlements import Entitlement, entitlements_of
from dotmac_billing.catalog.plan import Feature
from dotmac_billing.customers.service import CustomerService
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of


async def entitlements_of_customer(session: AsyncSession, customer_id: UUID) -> list[Entitlement]:
    """What all that a customer subscribes to entitles to today, by name.

    Raises:
        BillingCustomerNotFoundError: there is no such customer.
    """
    await CustomerService(session).get(customer_id)
    now = clock_of(session).now()
    grants = await AccessRepository(session).grants(now, customer_id=customer_id)
    return entitlements_of(effective(grants))


async def entitlements_of_subscription(
    session: AsyncSession, subscription_id: UUID
) -> list[Entitlement]:
    """What a subscription entitles to today; nothing before it begins, and when access is over.

    Raises:
        SubscriptionNotFoundError: there is none.
    """
    await SubscriptionService(session).get(subscription_id)
    now = clock_of(session).now()
    grants = await AccessRepository(session).grants(now, subscription_id=subscription_id)
    return entitlements_of(effective(grants))


async def override_features(
    session: AsyncSession, subscription_id: UUID, features: Mapping[str, Feature]
) -> None:
    """Let these features replace what the plan and its add-ons say, all of them at once.

    Raises:
        SubscriptionNotFoundError: there is none.
    """
    subscription = await SubscriptionRepository(session).find(subscription_id, locked=True)
    if subscription is None:
        raise SubscriptionNotFoundError(subscription_id)
    before = dict(subscription.features)
    subscription.features = dict(features)
    subscription.version += 1
    await record(
        session,
        action="subscriptions.override_features",
        target=("subscription", subscription_id),
        before={"features": before},
        after={"features": dict(features)},
    )
