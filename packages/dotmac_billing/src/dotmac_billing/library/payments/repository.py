"""Queries of payments and of what was asked of gateways, as records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from dotmac_billing.customers.service import CustomerService
from dotmac_billing.library.adapters.records import RecordRepository
from dotmac_billing.library.models import PaymentAttempt
from dotmac_billing.library.names import PaymentStatus
from dotmac_billing.library.records import PaymentRecord
from dotmac_billing.library.schemas import PaymentCreate
from dotmac_billing.payments.credit import PaymentKind
from dotmac_billing.payments.models import Payment, PaymentAllocation, PaymentBalance
from dotmac_billing.payments.received import NewPayment
from dotmac_billing.payments.service import PaymentService
from dotmac_core_ops.database import clock_of, new_id

_first_paid = (
    sa.select(PaymentAllocation.invoice_id)
    .where(PaymentAllocation.payment_id == Payment.id)
    .order_by(PaymentAllocation.id)
    .limit(1)
    .correlate(Payment)
    .scalar_subquery()
)
_asked = sa.orm.aliased(PaymentAttempt)
# Money that came in, with what a gateway said of it where one took it.
_received = (
    sa.select(
        Payment.id,
        Payment.tenant_id,
        Payment.customer_id,
        sa.func.coalesce(_asked.invoice_id, _first_paid).label("invoice_id"),
        Payment.amount,
        PaymentBalance.unapplied,
        Payment.currency,
        Payment.method,
        sa.literal(PaymentStatus.COMPLETED.value).label("status"),
        Payment.received_on,
        Payment.reference,
        sa.func.coalesce(_asked.transaction_id, Payment.external_id).label("transaction_id"),
        _asked.authorization_code,
        sa.null().label("failure_reason"),
        Payment.created_at,
    )
    .join(PaymentBalance, PaymentBalance.id == Payment.id)
    .outerjoin(_asked, _asked.payment_id == Payment.id)
    .where(Payment.kind == PaymentKind.PAYMENT.value)
)
_not_received = sa.select(
    PaymentAttempt.id,
    PaymentAttempt.tenant_id,
    PaymentAttempt.customer_id,
    PaymentAttempt.invoice_id,
    PaymentAttempt.amount,
    sa.literal(0).label("unapplied"),
    PaymentAttempt.currency,
    PaymentAttempt.gateway,
    sa.cast(PaymentAttempt.status, sa.Text()),
    PaymentAttempt.attempted_on,
    sa.null(),
    PaymentAttempt.transaction_id,
    PaymentAttempt.authorization_code,
    PaymentAttempt.failure_reason,
    PaymentAttempt.created_at,
).where(PaymentAttempt.payment_id.is_(None))
_all = sa.union_all(_received, _not_received).subquery("payments")


class PaymentRepository(RecordRepository[PaymentRecord]):
    """Payments that were received, and those that failed or are under way."""

    kind = "payment"
    permanent = "pay it back instead."
    record = PaymentRecord
    source = _all
    columns = {
        "id": _all.c.id,
        "tenant_id": _all.c.tenant_id,
        "payment_number": sa.literal("PAY-")
        + sa.func.upper(sa.func.right(sa.cast(_all.c.id, sa.Text()), 12)),
        "customer_id": _all.c.customer_id,
        "invoice_id": _all.c.invoice_id,
        "amount": _all.c.amount,
        "unapplied": _all.c.unapplied,
        "currency": _all.c.currency,
        "payment_method": _all.c.method,
        "status": _all.c.status,
        "payment_date": _all.c.received_on,
        "reference": _all.c.reference,
        "gateway_transaction_id": _all.c.transaction_id,
        "authorization_code": _all.c.authorization_code,
        "failure_reason": _all.c.failure_reason,
        "created_at": _all.c.created_at,
    }

    async def create(self, obj_in: PaymentCreate, tenant_id: UUID | None = None) -> PaymentRecord:
        """Record money that came in, or find the payment of the same transaction.

        Raises:
            BillingCustomerNotFoundError: no such customer.
            InvoiceNotPayableError, AllocationTooLargeError: the invoice does not need so much.
        """
        session = await self.bound.open(tenant_id)
        customer = await CustomerService(session).get(obj_in.customer_id)
        on = obj_in.payment_date or clock_of(session).today(customer.time_zone)
        recorded = await PaymentService(session).record_or_find(
            NewPayment(
                obj_in.customer_id,
                obj_in.amount,
                on,
                method=obj_in.payment_method.value,
                currency=obj_in.currency,
                reference=obj_in.reference,
                external_id=obj_in.gateway_transaction_id,
                allocate=(
                    None if obj_in.invoice_id is None else {obj_in.invoice_id: obj_in.amount}
                ),
            )
        )
        return await self.required(recorded["id"])

    async def get_by_customer(
        self, customer_id: UUID, tenant_id: UUID | None = None
    ) -> list[PaymentRecord]:
        """A customer's payments, oldest first."""
        return await self.fetch([_all.c.customer_id == customer_id], tenant_id=tenant_id)

    async def get_by_invoice(
        self, invoice_id: UUID, tenant_id: UUID | None = None
    ) -> list[PaymentRecord]:
        """Payments that pay an invoice, in whole or in part, or were to; oldest first."""
        pays = (
            sa.select(PaymentAllocation.payment_id)
            .where(PaymentAllocation.invoice_id == invoice_id)
            .scalar_subquery()
        )
        return await self.fetch(
            [(_all.c.invoice_id == invoice_id) | _all.c.id.in_(pays)], tenant_id=tenant_id
        )

    async def get_by_status(
        self, status: PaymentStatus | str, tenant_id: UUID | None = None
    ) -> list[PaymentRecord]:
        """Payments in that state, oldest first. A state may be given by its value."""
        return await self.fetch([_all.c.status == PaymentStatus(status).value], tenant_id=tenant_id)

    async def get_failed_payments(self, tenant_id: UUID | None = None) -> list[PaymentRecord]:
        """What was tried and failed, with the reason, oldest first."""
        return await self.get_by_status(PaymentStatus.FAILED, tenant_id)

    async def get_payments_by_date_range(
        self, start: date, end: date, tenant_id: UUID | None = None
    ) -> list[PaymentRecord]:
        """Payments received or tried from `start` to `end`, both included, oldest first."""
        return await self.fetch(
            [_all.c.received_on.between(start, end)],
            order=self.columns["payment_date"],
            tenant_id=tenant_id,
        )

    async def attempts(self, invoice_id: UUID) -> Sequence[PaymentAttempt]:
        """What was asked of gateways for an invoice, oldest first."""
        session = await self.bound.open()
        found = await session.scalars(
            sa.select(PaymentAttempt)
            .where(PaymentAttempt.invoice_id == invoice_id)
            .order_by(PaymentAttempt.id)
        )
        return found.all()

    async def attempt(self, record_id: UUID) -> PaymentAttempt | None:
        """What was asked of a gateway, by its own id or that of its payment; held until commit."""
        session = await self.bound.open()
        return await session.scalar(
            sa.select(PaymentAttempt)
            .where((PaymentAttempt.id == record_id) | (PaymentAttempt.payment_id == record_id))
            .with_for_update(key_share=True)
        )

    async def of_transaction(self, gateway: str, transaction_id: str) -> PaymentAttempt | None:
        """What was asked of a gateway, by the gateway's id of it; held until commit."""
        session = await self.bound.open()
        return await session.scalar(
            sa.select(PaymentAttempt)
            .where(
                PaymentAttempt.gateway == gateway, PaymentAttempt.transaction_id == transaction_id
            )
            .with_for_update(key_share=True)
        )

    async def add_attempt(self, attempt: PaymentAttempt) -> PaymentAttempt:
        """Write down what is asked of a gateway."""
        session = await self.bound.open()
        attempt.id = new_id()
        session.add(attempt)
        await session.flush()  # records are read from the table
        return attempt
