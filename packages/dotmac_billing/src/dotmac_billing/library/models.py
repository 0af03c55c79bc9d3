"""What was asked of payment gateways."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.library.names import PaymentStatus
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
)


class PaymentAttempt(TenantOwned, BillingBase):
    """A charge that a gateway was asked for, and what became of it.

    `payment_method_id` is what the gateway calls the method. `payment_id` is set once money came
    in: the payment itself is in the books, an attempt is in none.
    """

    __tablename__ = "payment_attempts"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_foreign_key("payment_id", "billing.payments"),
        tenant_index("invoice_id", name="ix_payment_attempts_invoice"),
        tenant_index("customer_id", name="ix_payment_attempts_customer"),
        tenant_index(
            "payment_id",
            name="uq_payment_attempts_payment",
            where="payment_id IS NOT NULL",
            unique=True,
        ),
        tenant_index(
            "gateway",
            "transaction_id",
            name="uq_payment_attempts_transaction",
            where="transaction_id IS NOT NULL",
            unique=True,
        ),
    )

    customer_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    currency: Mapped[str] = mapped_column(sa.String(3))
    gateway: Mapped[str] = mapped_column(sa.Text())
    payment_method_id: Mapped[str] = mapped_column(sa.Text())
    status: Mapped[PaymentStatus] = mapped_column(enum_type(PaymentStatus))
    transaction_id: Mapped[str | None] = mapped_column(sa.Text())
    authorization_code: Mapped[str | None] = mapped_column(sa.Text())
    failure_reason: Mapped[str | None] = mapped_column(sa.Text())
    payment_id: Mapped[UUID | None]
    attempted_on: Mapped[date] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)
