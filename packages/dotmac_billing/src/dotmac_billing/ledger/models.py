"""Accounts, entries and postings. Entries and postings are append-only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.ledger.chart import AccountKind
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class LedgerAccount(TenantOwned, BillingBase):
    """An account of a tenant's chart.

    `external_code` is what the tenant's accounting system calls it. `is_own` are those which the
    tenant opened itself.
    """

    __tablename__ = "ledger_accounts"
    __table_args__ = (tenant_unique("code"),)

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    kind: Mapped[AccountKind] = mapped_column(enum_type(AccountKind))
    external_code: Mapped[str | None] = mapped_column(sa.Text())
    is_own: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())


class LedgerEntry(TenantOwned, BillingBase):
    """One fact in the books, such as an invoice or a payment; its source makes it unique.

    `reverses_id` is the entry that this one takes back.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        tenant_unique("source_type", "source_id"),
        tenant_index("occurred_on", "id", name="ix_ledger_entries_occurred"),
    )

    occurred_on: Mapped[date] = mapped_column(sa.Date())
    source_type: Mapped[str] = mapped_column(sa.Text())
    source_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(sa.String(3))
    description: Mapped[str] = mapped_column(sa.Text())
    reverses_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class LedgerPosting(TenantOwned, BillingBase):
    """A debit (positive) or credit (negative) on one account, in the entry's currency.

    A trigger refuses a statement whose postings do not sum to zero for each entry, so an entry's
    postings are written in one statement.
    """

    __tablename__ = "ledger_postings"
    __table_args__ = (
        tenant_foreign_key("entry_id", "billing.ledger_entries"),
        tenant_foreign_key("account_id", "billing.ledger_accounts"),
        tenant_index("entry_id", name="ix_ledger_postings_tenant_id_entry_id"),
        tenant_index(
            "customer_id", name="ix_ledger_postings_customer", where="customer_id IS NOT NULL"
        ),
    )

    entry_id: Mapped[UUID]
    account_id: Mapped[UUID]
    customer_id: Mapped[UUID | None]
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)


class LedgerMonthSum(TenantOwned, BillingBase):
    """Debits and credits of an account in a closed month, in one currency.

    Nothing can be posted into a closed month, so they stay right without being kept up to date.
    `month` is its first day. Reopening a month takes its rows away.
    """

    __tablename__ = "ledger_month_sums"
    __table_args__ = (
        tenant_foreign_key("account_id", "billing.ledger_accounts"),
        tenant_unique("month", "account_id", "currency"),
    )

    month: Mapped[date] = mapped_column(sa.Date())
    account_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(sa.String(3))
    debit: Mapped[Decimal] = mapped_column(MoneyAmount)
    credit: Mapped[Decimal] = mapped_column(MoneyAmount)
