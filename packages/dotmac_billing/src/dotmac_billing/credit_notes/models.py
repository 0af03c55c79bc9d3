"""Credit notes, their lines and taxes (append-only), and what of them is to be paid back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.credit_notes.reasons import CreditReason
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    Quantity,
    TenantOwned,
    UnitPrice,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class CreditNote(TenantOwned, BillingBase):
    """What was taken back of an invoice; amounts are positive and in the invoice's currency.

    `total` is `net` plus `tax`. It is used up by `settled` (what the invoice still needed),
    `credited` (the customer's later invoices take it) and `to_refund` (to be paid back).
    """

    __tablename__ = "credit_notes"
    __table_args__ = (
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("series", "sequence"),
        tenant_unique("number"),
        tenant_index("invoice_id", name="ix_credit_notes_invoice"),
        tenant_index("customer_id", "issued_on", name="ix_credit_notes_customer"),
    )

    number: Mapped[str] = mapped_column(sa.Text())
    series: Mapped[str] = mapped_column(sa.Text())
    sequence: Mapped[int] = mapped_column(sa.BigInteger())
    invoice_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    issued_on: Mapped[date] = mapped_column(sa.Date())
    currency: Mapped[str] = mapped_column(sa.String(3))
    net: Mapped[Decimal] = mapped_column(MoneyAmount)
    tax: Mapped[Decimal] = mapped_column(MoneyAmount)
    total: Mapped[Decimal] = mapped_column(MoneyAmount)
    reason: Mapped[CreditReason] = mapped_column(enum_type(CreditReason))
    memo: Mapped[str | None] = mapped_column(sa.Text())
    settled: Mapped[Decimal] = mapped_column(MoneyAmount)
    credited: Mapped[Decimal] = mapped_column(MoneyAmount)
    to_refund: Mapped[Decimal] = mapped_column(MoneyAmount)
    created_at: Mapped[datetime] = mapped_column(Instant)


class CreditNoteLine(TenantOwned, BillingBase):
    """What is taken back of one line of the invoice.

    `units` is how many of the line's units that is, and zero when an amount was credited.
    """

    __tablename__ = "credit_note_lines"
    __table_args__ = (
        tenant_foreign_key("credit_note_id", "billing.credit_notes"),
        tenant_foreign_key("invoice_line_id", "billing.invoice_lines"),
        tenant_unique("credit_note_id", "position"),
        tenant_index("invoice_line_id", name="ix_credit_note_lines_line"),
    )

    credit_note_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(sa.Integer())
    invoice_line_id: Mapped[UUID]
    description: Mapped[str] = mapped_column(sa.Text())
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    units: Mapped[Decimal] = mapped_column(Quantity)
    net: Mapped[Decimal] = mapped_column(MoneyAmount)
    tax_code: Mapped[str | None] = mapped_column(sa.Text())
    tax_rate: Mapped[Decimal | None] = mapped_column(sa.Numeric(15, 12))


class CreditNoteTax(TenantOwned, BillingBase):
    """What is taken back of one tax of the invoice, which has its name, rate and category."""

    __tablename__ = "credit_note_taxes"
    __table_args__ = (
        tenant_foreign_key("credit_note_id", "billing.credit_notes"),
        tenant_foreign_key("invoice_tax_id", "billing.invoice_taxes"),
        tenant_unique("credit_note_id", "invoice_tax_id"),
        tenant_index("invoice_tax_id", name="ix_credit_note_taxes_tax"),
    )

    credit_note_id: Mapped[UUID]
    invoice_tax_id: Mapped[UUID]
    net: Mapped[Decimal] = mapped_column(MoneyAmount)
    tax: Mapped[Decimal] = mapped_column(MoneyAmount)


class CreditNoteRefund(TenantOwned, BillingBase):
    """What is to be paid back for the credit note of the same `id`, and what was."""

    __tablename__ = "credit_note_refunds"
    __table_args__ = (tenant_foreign_key("id", "billing.credit_notes"),)

    customer_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(sa.String(3))
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    paid: Mapped[Decimal] = mapped_column(MoneyAmount)
    paid_on: Mapped[date | None] = mapped_column(sa.Date())
    reference: Mapped[str | None] = mapped_column(sa.Text())
