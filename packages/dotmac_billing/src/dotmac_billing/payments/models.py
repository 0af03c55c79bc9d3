"""Payments and their allocations (append-only), and the credit that is left of a payment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    TenantOwned,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class Payment(TenantOwned, BillingBase):
    """Money received from a customer, or a credit that counts as if it were (see `kind`).

    `external_id` is what an import or a bank knows it by; `source_id` is the credit note or the
    invoice below zero that a credit comes from. `withheld` is the part of `amount` that the
    customer paid to its tax office in our name.
    """

    __tablename__ = "payments"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("external_id"),
        tenant_index("customer_id", "received_on", name="ix_payments_customer"),
        tenant_index("received_on", "id", name="ix_payments_received"),
        tenant_index(
            "kind",
            "source_id",
            name="uq_payments_source",
            where="source_id IS NOT NULL",
            unique=True,
        ),
    )

    customer_id: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    currency: Mapped[str] = mapped_column(sa.String(3))
    method: Mapped[str] = mapped_column(sa.Text())
    received_on: Mapped[date] = mapped_column(sa.Date())
    reference: Mapped[str | None] = mapped_column(sa.Text())
    external_id: Mapped[str | None] = mapped_column(sa.Text())
    kind: Mapped[str] = mapped_column(sa.Text(), server_default="payment")
    source_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    withheld: Mapped[Decimal] = mapped_column(MoneyAmount, server_default=sa.text("0"))


class PaymentBalance(TenantOwned, BillingBase):
    """What is left of the payment of the same `id`: credit that the next invoice takes."""

    __tablename__ = "payment_balances"
    __table_args__ = (
        tenant_foreign_key("id", "billing.payments"),
        tenant_index(
            "customer_id", "received_on", name="ix_payment_balances_credit", where="unapplied > 0"
        ),
        # Every invoice takes from it; free space keeps the new row on its page.
        {"postgresql_with": {"fillfactor": 70}},
    )

    customer_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(sa.String(3))
    received_on: Mapped[date] = mapped_column(sa.Date())
    unapplied: Mapped[Decimal] = mapped_column(MoneyAmount)


class PaymentAllocation(TenantOwned, BillingBase):
    """The part of a payment that pays an invoice."""

    __tablename__ = "payment_allocations"
    __table_args__ = (
        tenant_foreign_key("payment_id", "billing.payments"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_index("payment_id", name="ix_payment_allocations_payment"),
        tenant_index("invoice_id", name="ix_payment_allocations_invoice"),
    )

    payment_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    allocated_on: Mapped[date] = mapped_column(sa.Date())
