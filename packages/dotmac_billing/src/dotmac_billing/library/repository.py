"""The repositories of the library surface: records in, records out, one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from dotmac_billing.catalog.models import Plan, PlanVersion, PriceComponent
from dotmac_billing.catalog.plan import NewComponent, NewPlan, NewTerms
from dotmac_billing.catalog.service import publish_plan
from dotmac_billing.catalog.terms import ChargeModel, ComponentKind
from dotmac_billing.customers.models import Customer
from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import CustomerService, open_customers
from dotmac_billing.library.adapters.records import RecordRepository
from dotmac_billing.library.schemas import (
    BillingPlanCreate,
    BillingPlanRecord,
    CustomerCreate,
    CustomerRecord,
    InvoiceRecord,
    PaymentRecord,
    SubscriptionRecord,
)
from dotmac_billing.payments.credit import PaymentKind
from dotmac_billing.payments.models import Payment, PaymentBalance
from dotmac_billing.receivables.models import Invoice, InvoiceBalance
from dotmac_billing.receivables.states import InvoiceStatus
from dotmac_billing.subscriptions.models import Subscription, SubscriptionItem
from dotmac_billing.subscriptions.states import SubscriptionStatus

BASE = "base"
SETUP = "setup"


class CustomerRepository(RecordRepository[CustomerRecord]):
    """Payers."""

    record = CustomerRecord
    source = sa.inspect(Customer).local_table
    columns = {
        "id": Customer.id,
        "tenant_id": Customer.tenant_id,
        "customer_code": Customer.code,
        "name": Customer.name,
        "email": Customer.email,
        "company_name": Customer.company_name,
        "phone": Customer.phone,
        "country": Customer.country,
        "currency": Customer.currency,
        "time_zone": Customer.time_zone,
        "payment_terms": sa.literal("NET_") + sa.cast(Customer.payment_terms_days, sa.Text()),
        "created_at": Customer.created_at,
    }

    async def create(self, obj_in: CustomerCreate, tenant_id: UUID | None = None) -> CustomerRecord:
        """Open a payer.

        Raises:
            CustomerCodeTakenError: another customer has the code.
        """
        session = await self.bound.open(tenant_id)
        customer = await CustomerService(session).open(_opening(obj_in))
        created = await self.get(customer.id)
        assert created is not None
        return created

    async def bulk_create(
        self, objs: Sequence[CustomerCreate], tenant_id: UUID | None = None
    ) -> int:
        """Open many payers at once; how many were new. Known codes are passed over."""
        session = await self.bound.open(tenant_id)
        return (await open_customers(session, [_opening(one) for one in objs])).opened

    async def get_by_email(self, email: str) -> CustomerRecord | None:
        """The oldest payer with that address."""
        return await self.get_by_field("email", email)

    async def get_by_customer_code(self, customer_code: str) -> CustomerRecord | None:
        """The payer with that code."""
        return await self.get_by_field("customer_code", customer_code)

    async def search_customers(self, term: str, limit: int = 100) -> list[CustomerRecord]:
        """Payers with `term` in code, name or e-mail, whatever the case, by name."""
        matches = sa.or_(
            *(
                column.icontains(term, autoescape=True)
                for column in (Customer.code, Customer.name, Customer.email)
            )
        )
        return await self.fetch([matches], order=self.columns["name"], limit=limit)


def _opening(obj_in: CustomerCreate) -> OpenCustomer:
    return OpenCustomer(
        code=obj_in.customer_code,
        name=obj_in.name,
        company_name=obj_in.company_name,
        email=obj_in.email,
        phone=obj_in.phone,
        currency=obj_in.currency,
        time_zone=obj_in.time_zone,
        country=obj_in.country,
        payment_terms_days=obj_in.payment_terms_days,
    )


def _price(kind: ComponentKind) -> sa.ScalarSelect[Decimal]:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(PriceComponent.unit_price), 0))
        .where(PriceComponent.plan_version_id == PlanVersion.id, PriceComponent.kind == kind)
        .correlate(PlanVersion)
        .scalar_subquery()
    )


_other_version = sa.orm.aliased(PlanVersion)
_newest = (
    sa.select(sa.func.max(_other_version.version))
    .where(_other_version.plan_id == Plan.id)
    .correlate(Plan)
    .scalar_subquery()
)


class PlanRepository(RecordRepository[BillingPlanRecord]):
    """Plans as their newest version has them."""

    record = BillingPlanRecord
    source = sa.join(
        Plan, PlanVersion, (PlanVersion.plan_id == Plan.id) & (PlanVersion.version == _newest)
    )
    columns = {
        "id": Plan.id,
        "tenant_id": Plan.tenant_id,
        "plan_code": Plan.code,
        "name": Plan.name,
        "description": Plan.description,
        "pricing_model": PlanVersion.pricing_model,
        "billing_cycle": PlanVersion.cycle,
        "billing_timing": PlanVersion.timing,
        "currency": PlanVersion.currency,
        "base_price": _price(ComponentKind.RECURRING),
        "setup_fee": _price(ComponentKind.ONE_TIME),
        "is_active": Plan.retired_on.is_(None),
        "is_public": Plan.is_public,
        "created_at": Plan.created_at,
    }

    async def create(
        self, obj_in: BillingPlanCreate, tenant_id: UUID | None = None
    ) -> BillingPlanRecord:
        """Offer a plan.

        Raises:
            PlanCodeTakenError: the code is in use.
            PricingModelNotAvailableError: any pricing model but the flat rate.
        """
        session = await self.bound.open(tenant_id)
        parts = [_component(BASE, obj_in.name, obj_in.base_price, obj_in.tax_code)]
        if obj_in.setup_fee:
            parts.append(_component(SETUP, "Setup", obj_in.setup_fee, obj_in.tax_code))
        terms = NewTerms(
            tuple(parts),
            cycle=obj_in.billing_cycle,
            timing=obj_in.billing_timing,
            currency=obj_in.currency,
            pricing_model=obj_in.pricing_model,
        )
        published = await publish_plan(
            session,
            NewPlan(
                obj_in.plan_code,
                obj_in.name,
                terms,
                obj_in.description,
                is_public=obj_in.is_public,
            ),
        )
        created = await self.get(published.plan_id)
        assert created is not None
        return created

    async def get_by_plan_code(self, plan_code: str) -> BillingPlanRecord | None:
        """The plan with that code."""
        return await self.get_by_field("plan_code", plan_code)

    async def get_active_plans(self) -> list[BillingPlanRecord]:
        """Plans that are offered, by code."""
        return await self.get_multi(order_by="plan_code", filters={"is_active": True}, limit=1000)

    async def get_public_plans(self) -> list[BillingPlanRecord]:
        """Plans that are offered to everybody, by code."""
        filters = {"is_active": True, "is_public": True}
        return await self.get_multi(order_by="plan_code", filters=filters, limit=1000)


def _component(code: str, name: str, price: Decimal, tax_code: str | None) -> NewComponent:
    kind = ComponentKind.ONE_TIME if code == SETUP else ComponentKind.RECURRING
    # Per unit, because a subscription of the library surface has a quantity.
    model = ChargeModel.FLAT if code == SETUP else ChargeModel.PER_UNIT
    return NewComponent(code, name, price, kind, model, tax_code)


class SubscriptionRepository(RecordRepository[SubscriptionRecord]):
    """Subscriptions; quantity and price are those of the first item."""

    record = SubscriptionRecord
    source = sa.join(
        sa.join(Subscription, PlanVersion, PlanVersion.id == Subscription.plan_version_id),
        SubscriptionItem,
        (SubscriptionItem.subscription_id == Subscription.id) & (SubscriptionItem.position == 1),
    )
    columns = {
        "id": Subscription.id,
        "tenant_id": Subscription.tenant_id,
        "subscription_number": Subscription.number,
        "customer_id": Subscription.customer_id,
        "billing_plan_id": PlanVersion.plan_id,
        "start_date": Subscription.start_on,
        "end_date": Subscription.end_on,
        "next_billing_date": Subscription.next_bill_on,
        "status": Subscription.status,
        "quantity": SubscriptionItem.quantity,
        "custom_price": SubscriptionItem.agreed_price,
        "currency": Subscription.currency,
        "created_at": Subscription.created_at,
    }

    async def get_by_customer(self, customer_id: UUID) -> list[SubscriptionRecord]:
        """A customer's subscriptions, oldest first."""
        return await self.fetch([Subscription.customer_id == customer_id])

    async def get_active_subscriptions(self) -> list[SubscriptionRecord]:
        """Those that are served now."""
        return await self.fetch([Subscription.status == SubscriptionStatus.ACTIVE])

    async def get_due_for_billing(self, billing_date: date) -> list[SubscriptionRecord]:
        """Those with something to bill up to and including that day."""
        return await self.fetch(
            [Subscription.next_bill_on <= billing_date], order=self.columns["next_billing_date"]
        )

    async def get_by_subscription_number(self, number: str) -> SubscriptionRecord | None:
        """The subscription with that number."""
        return await self.get_by_field("subscription_number", number)

    async def get_expiring_subscriptions(self, days_ahead: int = 30) -> list[SubscriptionRecord]:
        """Those that end within so many days from today (UTC), soonest first."""
        today = self.bound.clock.today()
        ends_soon = Subscription.end_on.between(today, today + timedelta(days=days_ahead))
        return await self.fetch([ends_soon], order=self.columns["end_date"])


class InvoiceRepository(RecordRepository[InvoiceRecord]):
    """Issued invoices."""

    record = InvoiceRecord
    source = sa.join(Invoice, InvoiceBalance, InvoiceBalance.id == Invoice.id)
    columns = {
        "id": Invoice.id,
        "tenant_id": Invoice.tenant_id,
        "invoice_number": Invoice.number,
        "customer_id": Invoice.customer_id,
        "subscription_id": Invoice.subscription_id,
        "invoice_date": Invoice.issued_on,
        "due_date": Invoice.due_on,
        "service_period_start": Invoice.period_start,
        "service_period_end": Invoice.period_end,
        "subtotal": Invoice.net,
        "tax_amount": Invoice.tax,
        "total_amount": Invoice.total,
        "amount_paid": InvoiceBalance.amount_paid,
        "amount_due": InvoiceBalance.amount_due,
        "status": InvoiceBalance.status,
        "currency": Invoice.currency,
        "created_at": Invoice.created_at,
    }

    async def get_by_customer(self, customer_id: UUID) -> list[InvoiceRecord]:
        """A customer's invoices, oldest first."""
        return await self.fetch([Invoice.customer_id == customer_id])

    async def get_by_subscription(self, subscription_id: UUID) -> list[InvoiceRecord]:
        """A subscription's invoices, oldest first."""
        return await self.fetch([Invoice.subscription_id == subscription_id])

    async def get_by_status(self, status: InvoiceStatus) -> list[InvoiceRecord]:
        """Invoices in that state, oldest first."""
        return await self.fetch([InvoiceBalance.status == status])

    async def get_overdue_invoices(self) -> list[InvoiceRecord]:
        """Invoices past their due date (UTC) with something owed, oldest debt first."""
        late = InvoiceBalance.due_on < self.bound.clock.today()
        return await self.fetch(
            [InvoiceBalance.amount_due > 0, late], order=self.columns["due_date"]
        )

    async def get_by_invoice_number(self, number: str) -> InvoiceRecord | None:
        """The invoice with that number."""
        return await self.get_by_field("invoice_number", number)


class PaymentRepository(RecordRepository[PaymentRecord]):
    """Payments that were received."""

    record = PaymentRecord
    source = sa.join(
        Payment,
        PaymentBalance,
        (PaymentBalance.id == Payment.id) & (Payment.kind == PaymentKind.PAYMENT.value),
    )
    columns = {
        "id": Payment.id,
        "tenant_id": Payment.tenant_id,
        "customer_id": Payment.customer_id,
        "amount": Payment.amount,
        "unapplied": PaymentBalance.unapplied,
        "currency": Payment.currency,
        "payment_method": Payment.method,
        "payment_date": Payment.received_on,
        "reference": Payment.reference,
        "created_at": Payment.created_at,
    }

    async def get_by_customer(self, customer_id: UUID) -> list[PaymentRecord]:
        """A customer's payments, oldest first."""
        return await self.fetch([Payment.customer_id == customer_id])

    async def get_payments_by_date_range(self, start: date, end: date) -> list[PaymentRecord]:
        """Payments received from `start` to `end`, both included, oldest first."""
        received = Payment.received_on.between(start, end)
        return await self.fetch([received], order=self.columns["payment_date"])
