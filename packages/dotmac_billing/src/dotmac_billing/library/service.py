"""The billing service of the library surface."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.library.adapters.bound_session import BoundSession
from dotmac_billing.library.analytics.service import BillingAnalytics
from dotmac_billing.library.cancelling.service import cancel
from dotmac_billing.library.customers.repository import CustomerRepository
from dotmac_billing.library.errors import CustomerInactiveError
from dotmac_billing.library.integrations import Integrations
from dotmac_billing.library.invoices.repository import InvoiceRepository
from dotmac_billing.library.invoices.service import bill_period
from dotmac_billing.library.names import PaymentStatus
from dotmac_billing.library.payments.repository import PaymentRepository
from dotmac_billing.library.payments.service import GatewayPayments
from dotmac_billing.library.plans.repository import PlanRepository
from dotmac_billing.library.plans.terms import BASE, BY_QUANTITY
from dotmac_billing.library.records import (
    InvoiceRecord,
    PaymentRecord,
    SubscriptionRecord,
    UsageRecord,
)
from dotmac_billing.library.schemas import (
    BillingPeriod,
    SubscriptionCreate,
    UsageRecordCreate,
)
from dotmac_billing.library.subscriptions.repository import SubscriptionRepository
from dotmac_billing.library.usage.repository import UsageRepository
from dotmac_billing.library.usage.service import report_usage
from dotmac_billing.runs.service import run_billing
from dotmac_billing.settings.service import settings_of
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.subscriptions.starting import StartItem
from dotmac_billing.tax_filing.service import commit_invoices, void_invoices
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
    step. Customers are told, and a tax service is told what was issued, once that has committed.
    """

    def __init__(
        self, db: AsyncSession, tenant_id: UUID, make: Callable[[BoundSession], Integrations]
    ) -> None:
        """Use `make` for what the service is integrated with."""
        self.db = db
        self.default_tenant_id = tenant_id
        self._bound = BoundSession(db, tenant_id)
        self.customer_repo = CustomerRepository(self._bound)
        self.plan_repo = PlanRepository(self._bound)
        self.subscription_repo = SubscriptionRepository(self._bound)
        self.invoice_repo = InvoiceRepository(self._bound)
        self.payment_repo = PaymentRepository(self._bound)
        self.usage_repo = UsageRepository(self._bound)
        made = make(self._bound)
        self.payment_gateway = made.gateway
        self.notification_service = made.notifications
        self.pdf_generator = made.pdf
        self.tax_service = made.tax
        self.analytics = BillingAnalytics(self._bound)
        self._payments = GatewayPayments(self._bound, made.gateway, made.gateway_name)

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
            CustomerInactiveError: the customer was put out of use.
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
        customer = await self.customer_repo.get(customer_id)
        if customer is not None and not customer.is_active:
            raise CustomerInactiveError(customer_id)
        subscription = await SubscriptionService(session).subscribe(
            wanted.customer_id,
            wanted.billing_plan_id,
            start_on=wanted.start_date,
            end_on=wanted.end_date,
            items=await self._items(session, wanted),
        )
        made = await self.subscription_repo.required(subscription.id)
        await self._tell("subscription", made.customer_id, made, "subscription_created")
        return made

    async def cancel_subscription(
        self, subscription_id: UUID, cancellation_date: date | None = None
    ) -> SubscriptionRecord:
        """End a subscription on a day (the first not served), or with its present period.

        The plan's cancellation fee, if it has one, is on the next invoice. It is not charged within
        a trial.

        Raises:
            SubscriptionNotFoundError, SubscriptionEndedError, InvalidCancellationError.
        """
        session = await self._bound.open()
        await cancel(session, subscription_id, cancellation_date)
        ended = await self.subscription_repo.required(subscription_id)
        await self._tell("subscription", ended.customer_id, ended, "subscription_cancelled")
        return ended

    async def generate_invoice(
        self, subscription_id: UUID, billing_period: BillingPeriod
    ) -> InvoiceRecord:
        """Issue the invoice of a subscription for a period, with whatever was due before it.

        The period is half-open. In advance it is billed from its first day on, in arrears from the
        day after its last. A period that has its invoice is not billed again: that one is returned.

        Raises:
            SubscriptionNotFoundError: there is none.
            NothingDueError: nothing is to be billed for the period, or not yet.
            DomainError: it cannot be billed, such as for a tax without a rate.
            IntegrationNotAvailableError: somebody else was to work out the tax.
        """
        period = BillingPeriod.model_validate(billing_period)
        async with self._bound.invoicing() as session:
            issued, moments = await bill_period(session, subscription_id, period)
        if issued:
            for invoice_id in issued:
                made = await self.invoice_repo.required(invoice_id)
                await self._tell("invoice", made.customer_id, made, "invoice_created")
            return made
        return await self.invoice_repo.of_period(subscription_id, *moments)

    async def process_payment(
        self, invoice_id: UUID, payment_method_id: str, amount: Decimal | float | None = None
    ) -> PaymentRecord:
        """Charge for an invoice through the gateway: for all that is due, or for a part of it.

        A charge that fails is recorded with its reason, and so is one that is under way (see
        `refresh_payment`); money that came in is booked and pays the invoice. A transaction of the
        gateway is booked once. The gateway is given an idempotency key that stays the same when the
        caller's transaction is rolled back and tried again, so that nothing is charged twice.

        Raises:
            IntegrationMissingError: the service was made without a gateway.
            RecordNotFoundError: there is no such invoice.
            InvoiceSettledError: nothing is due, or what is due is under way.
            OverpaymentError: more is asked for than is due.
            PaymentNotPositiveError: nothing or less, or a fraction of a minor unit.
            GatewayAnswerError: nobody can tell from the answer whether money was taken.
        """
        exact = None if amount is None else Decimal(str(amount))
        payment = await self._payments.pay(invoice_id, payment_method_id, exact)
        await self._tell_of_payment(payment)
        return payment

    async def refresh_payment(self, payment_id: UUID) -> PaymentRecord:
        """Ask the gateway what became of a payment that was under way.

        Raises:
            RecordNotFoundError: there is no such payment through a gateway.
            IntegrationMissingError, GatewayAnswerError: see `process_payment`.
        """
        before = await self.payment_repo.get(payment_id)
        payment = await self._payments.ask_again(payment_id)
        if before is None or before.status is not payment.status:
            await self._tell_of_payment(payment)
        return payment

    async def record_usage(
        self, subscription_id: UUID, usage_data: UsageRecordCreate
    ) -> UsageRecord:
        """Report usage; the invoice of its period has it. A known idempotency key changes nothing.

        Raises:
            SubscriptionNotFoundError: there is none.
            UsageRefusedError: no meter counts it, or it lies in the future or outside of what the
                subscription has.
        """
        usage = UsageRecordCreate.model_validate(usage_data)
        event_id = await report_usage(await self._bound.open(), subscription_id, usage)
        return await self.usage_repo.get_by_key(event_id)

    async def run_billing_cycle(
        self, billing_date: date | None = None, tenant_id: UUID | None = None
    ) -> BillingCycleResult:
        """Bill everything due up to and including `billing_date`, by default today.

        A second run for the same day makes nothing. What cannot be billed is counted, explained in
        `errors` and does not keep the rest from being billed.

        Raises:
            TenantMismatchError: `tenant_id` is not this service's.
            IntegrationNotAvailableError: somebody else was to work out the tax.
        """
        async with self._bound.invoicing(tenant_id) as session:
            zone = (await settings_of(session)).time_zone
            through = billing_date or clock_of(session).today(zone)
            result = await run_billing(self._bound, self.default_tenant_id, through, concurrency=1)
        if not result.historical and self.notification_service is not None:
            for made in await self.invoice_repo.of_run(result.run_id):
                await self._tell("invoice", made.customer_id, made, "invoice_created")
        return {
            "processed_count": result.invoices,
            "failed_count": len(result.failures),
            "total_amount": result.total,
            "errors": [failure.message for failure in result.failures],
        }

    async def report_taxes(self) -> int:
        """Tell the tax service which invoices stand and which are void; how many it had not heard.

        The worker of a platform does so by itself. Call it once what was issued is committed; what
        is told may be told again.

        Raises:
            TaxServiceUnavailableError, TaxServiceRefusedError: the service did not take note.
        """
        async with self._bound.invoicing() as session:
            issued, voided = await self.invoice_repo.with_open_taxes()
            await commit_invoices(session, issued)
            await void_invoices(session, voided)
        return len(issued) + len(voided)

    async def _items(
        self, session: AsyncSession, wanted: SubscriptionCreate
    ) -> tuple[StartItem, ...]:
        today = clock_of(session).today()
        plan = await CatalogService(session).offered(wanted.billing_plan_id, today)
        return tuple(
            StartItem(one.code, wanted.quantity, wanted.custom_price if one.code == BASE else None)
            if one.code in BY_QUANTITY
            else StartItem(one.code)
            for one in plan.components
        )

    async def _tell_of_payment(self, payment: PaymentRecord) -> None:
        if payment.status is PaymentStatus.COMPLETED:
            await self._tell("payment", payment.customer_id, payment, "payment_received")
        elif payment.status is PaymentStatus.FAILED:
            await self._tell("payment", payment.customer_id, payment, "payment_failed")

    async def _tell(self, what: str, customer_id: UUID, record: Any, kind: str) -> None:  # noqa: ANN401 (one of the records)
        """Have the notification service tell, if it has a word for it, once this has committed."""
        send: Callable[..., Awaitable[bool]] | None = getattr(
            self.notification_service, f"send_{what}_notification", None
        )
        if send is not None:
            customer = await self.customer_repo.required(customer_id)
            self._bound.after_commit(partial(send, customer, record, kind))
