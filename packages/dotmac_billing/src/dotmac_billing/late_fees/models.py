"""Rules of late fees, what was charged by them (append-only), and where they were waived."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.late_fees.kinds import LateFeeKind
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_unique,
)


class LateFeeRule(TenantOwned, BillingBase):
    """What is charged from the day after `grace_days` days past the due date.

    `amount` of a fixed fee is in `currency`, and only invoices of that currency are charged;
    `rate` is a fraction (0.015 is 1.5 %). `minimum_due`: smaller debts are not charged. `cap` is
    the most that is charged for one invoice by this rule.
    """

    __tablename__ = "late_fee_rules"
    __table_args__ = (tenant_unique("code"),)

    code: Mapped[str] = mapped_column(sa.Text())
    kind: Mapped[LateFeeKind] = mapped_column(enum_type(LateFeeKind))
    grace_days: Mapped[int] = mapped_column(sa.Integer())
    currency: Mapped[str | None] = mapped_column(sa.String(3))
    amount: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    rate: Mapped[Decimal | None] = mapped_column(sa.Numeric(9, 6))
    minimum_due: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    cap: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    tax_code: Mapped[str | None] = mapped_column(sa.Text())
    description: Mapped[str] = mapped_column(sa.Text())
    is_active: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.true())
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())


class LateFeeCharge(TenantOwned, BillingBase):
    """A fee for the days from `from_on` up to, not including, `to_on`; each is charged once."""

    __tablename__ = "late_fee_charges"
    __table_args__ = (
        tenant_foreign_key("rule_id", "billing.late_fee_rules"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("invoice_id", "rule_id", "from_on"),
    )

    rule_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    from_on: Mapped[date] = mapped_column(sa.Date())
    to_on: Mapped[date] = mapped_column(sa.Date())
    base: Mapped[Decimal] = mapped_column(MoneyAmount)
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    currency: Mapped[str] = mapped_column(sa.String(3))
    pending_line_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class LateFeeWaiver(TenantOwned, BillingBase):
    """An invoice on which nothing is charged for being late any more, and why."""

    __tablename__ = "late_fee_waivers"
    __table_args__ = (
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_unique("invoice_id"),
    )

    invoice_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
