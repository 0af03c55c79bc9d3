"""The billing service of the library surface."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.library.adapters.bound_session import BoundSession
from dotmac_billing.library.repository import (
    BASE,
    CustomerRepository,
    InvoiceRepository,
    PaymentRepository,
    PlanRepository,
    SubscriptionRepository,
)
from dotmac_billing.library.schemas import SubscriptionCreate, SubscriptionRecord
from dotmac_billing.runs.service import run_billing
from dotmac_billing.settings.service import settings_of
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.subscriptions.starting import StartItem
from dotmac_core_ops.database import clock_of


class BillingCycleResult(TypedDict):
    """What a billing cycle did: invoices made, subscriptions that could not be billed and why.

    `total_amount` is the sum of the invoices in the tenant's currency, with tax.
    """

    processed_count: int
    failed_count: int
    total_amount: Decimal
    errors: list[str]


class BillingService:
    """Billing of one tenant in the caller's session.

    It obeys the same rules and fills the same tables as everything else of the package. It never
    commits: what it does is part of the caller's transaction, so that several calls can be one
    step.
    """

    def __init__(self, db: AsyncSession, tenant_id: UUID) -> None:
        self.db = db
        self.default_tenant_id = tenant_id
        self._bound = BoundSession(db, tenant_id)
        self.customer_repo = CustomerRepository(self._bound)
        self.plan_repo = PlanRepository(self._bound)
        self.subscription_repo = SubscriptionRepository(self._bound)
        self.invoice_repo = InvoiceRepository(self._bound)
        self.payment_repo = PaymentRepository(self._bound)

    async def create_subscription(
        self,
        customer_id: UUID,
        plan_id: UUID,
        start_date: date | None = None,
        *,
        end_date: date | None = None,
        quantity: Decimal | float = 1,
        custom_price: Decimal | float | str | None = None,
    ) -> SubscriptionRecord:
        """Let a customer subscribe to what the plan offers today.

        `start_date` None is today in the customer's zone; `end_date` is the first day not served.

        Raises:
            BillingCustomerNotFoundError, PlanNotFoundError: there is no such thing in this tenant.
            PlanNotAvailableError: the plan is retired.
            InvalidSubscriptionError: see `StartSubscription`.
        """
        wanted = SubscriptionCreate.model_validate(
            {
                "customer_id": customer_id,
                "billing_plan_id": plan_id,
                "start_date": start_date,
                "end_date": end_date,
                "quantity": quantity,
                "custom_price": custom_price,
            }
        )
        session = await self._bound.open()
        subscription = await SubscriptionService(session).subscribe(
            wanted.customer_id,
            wanted.billing_plan_id,
            start_on=wanted.start_date,
            end_on=wanted.end_date,
            items=await self._items(session, wanted),
        )
        return await self._record(subscription.id)

    async def cancel_subscription(
        self, subscription_id: UUID, cancellation_date: date | None = None
    ) -> SubscriptionRecord:
        """End a subscription on a day (the first not served), or with its present period.

        Raises:
            SubscriptionNotFoundError, SubscriptionEndedError, InvalidCancellationError.
        """
        session = await self._bound.open()
        at = CancelAt.PERIOD_END if cancellation_date is None else CancelAt.DATE
        await SubscriptionService(session).cancel(subscription_id, at, on=cancellation_date)
        return await self._record(subscription_id)

    async def run_billing_cycle(
        self, billing_date: date | None = None, tenant_id: UUID | None = None
    ) -> BillingCycleResult:
        """Bill everything due up to and including `billing_date`, by default today.

        A second run for the same day makes nothing. What cannot be billed is counted, explained in
        `errors` and does not keep the rest from being billed.

        Raises:
            TenantMismatchError: `tenant_id` is not this service's.
        """
        session = await self._bound.open(tenant_id)
        zone = (await settings_of(session)).time_zone
        through = billing_date or clock_of(session).today(zone)
        result = await run_billing(self._bound, self.default_tenant_id, through, concurrency=1)
        return {
            "processed_count": result.invoices,
            "failed_count": len(result.failures),
            "total_amount": result.total,
            "errors": [failure.message for failure in result.failures],
        }

    async def _items(
        self, session: AsyncSession, wanted: SubscriptionCreate
    ) -> tuple[StartItem, ...]:
        today = clock_of(session).today()
        plan = await CatalogService(session).offered(wanted.billing_plan_id, today)
        return tuple(
            StartItem(one.code, wanted.quantity, wanted.custom_price)
            if one.code == BASE
            else StartItem(one.code)
            for one in plan.components
        )

    async def _record(self, subscription_id: UUID) -> SubscriptionRecord:
        record = await self.subscription_repo.get(subscription_id)
        assert record is not None  # it was written or found in this transaction
        return record
