"""Invoices, their lines and taxes (append-only), and what is owed on them (which changes)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.receivables.states import InvoiceKind, InvoiceStatus, LineKind
from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_core_ops.database import (
    Instant,
    Json,
    MoneyAmount,
    Quantity,
    TenantOwned,
    UnitPrice,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class NumberSeries(TenantOwned, BillingBase):
    """The next number of a series. Drawn last and in blocks: its lock is held until commit.

    `skipped` is how many numbers were left out on purpose when the next one was raised.
    """

    __tablename__ = "number_series"
    __table_args__ = (tenant_unique("series"),)

    series: Mapped[str] = mapped_column(sa.Text())
    next_sequence: Mapped[int] = mapped_column(sa.BigInteger())
    skipped: Mapped[int] = mapped_column(sa.BigInteger(), server_default=sa.text("0"))


class Invoice(TenantOwned, BillingBase):
    """What was issued. Amounts in `currency`; period half-open; `total` is `net` plus `tax`.

    `bill_on` is the moment of the subscription that it bills; the key over subscription, kind and
    moment makes a second bill run a no-op. `customer_version` and `seller_version` say what the
    parties were then: the row itself, or that version in `party_versions` once it has changed.
    `corrects_id` is the invoice that a debit note adds to.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_unique("series", "sequence"),
        tenant_unique("number"),
        tenant_unique("subscription_id", "kind", "bill_on", name="uq_invoices_moment"),
        tenant_index("customer_id", "issued_on", name="ix_invoices_customer"),
        tenant_index("corrects_id", name="ix_invoices_corrects", where="corrects_id IS NOT NULL"),
    )

    number: Mapped[str] = mapped_column(sa.Text())
    series: Mapped[str] = mapped_column(sa.Text())
    sequence: Mapped[int] = mapped_column(sa.BigInteger())
    customer_id: Mapped[UUID]
    subscription_id: Mapped[UUID | None]
    kind: Mapped[InvoiceKind] = mapped_column(enum_type(InvoiceKind))
    period_start: Mapped[date | None] = mapped_column(sa.Date())
    period_end: Mapped[date | None] = mapped_column(sa.Date())
    issued_on: Mapped[date] = mapped_column(sa.Date())
    due_on: Mapped[date] = mapped_column(sa.Date())
    currency: Mapped[str] = mapped_column(sa.String(3))
    net: Mapped[Decimal] = mapped_column(MoneyAmount)
    tax: Mapped[Decimal] = mapped_column(MoneyAmount)
    total: Mapped[Decimal] = mapped_column(MoneyAmount)
    historical: Mapped[bool] = mapped_column(sa.Boolean())
    run_id: Mapped[UUID | None]
    corrects_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    bill_on: Mapped[date | None] = mapped_column(sa.Date())
    customer_version: Mapped[int | None] = mapped_column(sa.Integer())
    seller_version: Mapped[int | None] = mapped_column(sa.Integer())
    discount: Mapped[Decimal] = mapped_column(MoneyAmount, server_default=sa.text("0"))
    exchange_rate: Mapped[Decimal | None] = mapped_column(sa.Numeric(18, 9))
    tax_rounding: Mapped[TaxRounding] = mapped_column(
        enum_type(TaxRounding), server_default=TaxRounding.GROUP.value
    )


class PartyVersion(TenantOwned, BillingBase):
    """What a customer or the seller was before a change, kept by a trigger; append-only."""

    __tablename__ = "party_versions"
    __table_args__ = (tenant_unique("party", "party_id", "version"),)

    party: Mapped[str] = mapped_column(sa.String(40))
    party_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(sa.Integer())
    data: Mapped[dict[str, Any]] = mapped_column(Json)


class InvoiceBalance(TenantOwned, BillingBase):
    """What is owed on the invoice of the same `id`; the only part of an invoice that changes.

    `amount_paid` is all that settled it: payments, credit notes, credit. `amount_credited` is the
    sum of its credit notes, whether they settled it or became credit. What is due is the total
    less what is paid and written off, and nothing when it is void or below zero. `status` is never
    `overdue`: that follows from `due_on` and the day. `closed_on` is when it was voided.
    """

    __tablename__ = "invoice_balances"
    __table_args__ = (
        tenant_foreign_key("id", "billing.invoices"),
        tenant_index(
            "customer_id", "due_on", name="ix_invoice_balances_open", where="amount_due > 0"
        ),
        # A payment changes amount_due; free space keeps the new row on its page.
        {"postgresql_with": {"fillfactor": 80}},
    )

    customer_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(sa.String(3))
    status: Mapped[InvoiceStatus] = mapped_column(enum_type(InvoiceStatus))
    total: Mapped[Decimal] = mapped_column(MoneyAmount)
    amount_paid: Mapped[Decimal] = mapped_column(MoneyAmount)
    amount_due: Mapped[Decimal] = mapped_column(MoneyAmount)
    due_on: Mapped[date] = mapped_column(sa.Date())
    paid_on: Mapped[date | None] = mapped_column(sa.Date())
    amount_credited: Mapped[Decimal] = mapped_column(MoneyAmount, server_default=sa.text("0"))
    amount_written_off: Mapped[Decimal] = mapped_column(MoneyAmount, server_default=sa.text("0"))
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    overdue_told_on: Mapped[date | None] = mapped_column(sa.Date())
    closed_on: Mapped[date | None] = mapped_column(sa.Date())


class WriteOff(TenantOwned, BillingBase):
    """What was given up on an invoice; a recovery is a row below zero.

    `tax` of the amount is tax that is not owed to the state any more.
    """

    __tablename__ = "write_offs"
    __table_args__ = (
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_index("invoice_id", name="ix_write_offs_invoice"),
    )

    invoice_id: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    tax: Mapped[Decimal] = mapped_column(MoneyAmount)
    occurred_on: Mapped[date] = mapped_column(sa.Date())
    reason: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)


class InvoiceLine(TenantOwned, BillingBase):
    """What is charged for, in words and figures that stand by themselves.

    `net` is after discount and before tax. `gross` is before discount, in the terms of the price,
    which may include tax; None means that it is `net`. `item_id`, `component_id` and
    `subscription_id` say where it came from and are no foreign keys: a line is a snapshot and must
    outlive what it was made from. A credit names the line it takes back.
    """

    __tablename__ = "invoice_lines"
    __table_args__ = (
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_unique("invoice_id", "position"),
        tenant_index("item_id", "period_end", name="ix_invoice_lines_item"),
        tenant_index(
            "reverses_line_id",
            name="ix_invoice_lines_reverses",
            where="reverses_line_id IS NOT NULL",
        ),
    )

    invoice_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(sa.Integer())
    item_id: Mapped[UUID | None]
    component_id: Mapped[UUID | None]
    description: Mapped[str] = mapped_column(sa.Text())
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    net: Mapped[Decimal] = mapped_column(MoneyAmount)
    tax_code: Mapped[str | None] = mapped_column(sa.Text())
    tax_rate: Mapped[Decimal | None] = mapped_column(sa.Numeric(15, 12))
    period_start: Mapped[date | None] = mapped_column(sa.Date())
    period_end: Mapped[date | None] = mapped_column(sa.Date())
    kind: Mapped[LineKind] = mapped_column(enum_type(LineKind), server_default="charge")
    gross: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    discount: Mapped[Decimal] = mapped_column(MoneyAmount, server_default=sa.text("0"))
    tax: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    explanation: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reverses_line_id: Mapped[UUID | None]
    subscription_id: Mapped[UUID | None]


class InvoiceTax(TenantOwned, BillingBase):
    """One tax on all lines of one treatment: what it is charged on, and what it comes to.

    `category` is of UNTDID 5305, `exemption_code` of the list VATEX. `treatment` and `line_rate`
    are the tax code and rate of the lines that bear it; they and `name` are empty on rows from
    before there were treatments, which have one tax by its code alone.
    """

    __tablename__ = "invoice_taxes"
    __table_args__ = (
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_unique(
            *("invoice_id", "treatment", "line_rate", "tax_code", "rate"),
            name="uq_invoice_taxes_treatment",
        ),
    )

    invoice_id: Mapped[UUID]
    tax_code: Mapped[str] = mapped_column(sa.Text())
    rate: Mapped[Decimal] = mapped_column(sa.Numeric(9, 6))
    net: Mapped[Decimal] = mapped_column(MoneyAmount)
    tax: Mapped[Decimal] = mapped_column(MoneyAmount)
    treatment: Mapped[str] = mapped_column(sa.Text(), server_default="")
    name: Mapped[str] = mapped_column(sa.Text(), server_default="")
    category: Mapped[str] = mapped_column(sa.String(40), server_default="S")
    jurisdiction: Mapped[str | None] = mapped_column(sa.Text())
    exemption_reason: Mapped[str | None] = mapped_column(sa.Text())
    exemption_code: Mapped[str | None] = mapped_column(sa.Text())
    line_rate: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 6))
    is_compound: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())
