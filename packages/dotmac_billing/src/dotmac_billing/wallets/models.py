"""Wallets, the grants of credit in them, their movements (append-only) and recurring grants."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.wallets.errors import WalletClosedError
from dotmac_billing.wallets.terms import GrantSource, MovementKind
from dotmac_billing.wallets.writing import Purse
from dotmac_core_ops.database import (
    Instant,
    Json,
    MoneyAmount,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class Wallet(TenantOwned, BillingBase):
    """Credit that a customer has ahead, in one currency; invoices draw on it when they are issued.

    Empty `plan_ids` and `component_codes` and no `subscription_id` mean that it may pay anything.
    `low_below` is when somebody should be told. With `top_up_amount` it is topped up by itself:
    when it is low (`tops_up_when_low`), and every so many months, next on `next_top_up_on`.
    """

    __tablename__ = "wallets"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_index("customer_id", name="ix_wallets_customer"),
        tenant_index(
            "next_top_up_on", name="ix_wallets_top_up", where="next_top_up_on IS NOT NULL"
        ),
    )

    customer_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(sa.Text())
    currency: Mapped[str] = mapped_column(sa.String(3))
    priority: Mapped[int] = mapped_column(sa.Integer())
    plan_ids: Mapped[list[str]] = mapped_column(Json)
    component_codes: Mapped[list[str]] = mapped_column(Json)
    subscription_id: Mapped[UUID | None]
    low_below: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    top_up_amount: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    tops_up_when_low: Mapped[bool] = mapped_column(sa.Boolean())
    top_up_every_months: Mapped[int | None] = mapped_column(sa.Integer())
    top_up_anchor_on: Mapped[date | None] = mapped_column(sa.Date())
    next_top_up_on: Mapped[date | None] = mapped_column(sa.Date())
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())

    @property
    def purse(self) -> Purse:
        """What a grant copies from it.

        Raises:
            WalletClosedError: nothing goes into it any more.
        """
        if self.closed_at is not None:
            raise WalletClosedError(self.id)
        return Purse(self.id, self.customer_id, self.currency, self.priority)


class WalletGrant(TenantOwned, BillingBase):
    """Credit put into a wallet, of which `remaining` is there.

    What is paid is the customer's own money, a liability; it came by an invoice or by a payment.
    While `is_pending`, the invoice is not paid and the credit cannot be used. From `expires_on` on
    it cannot be used either. A recurring rule makes one grant for a day.
    """

    __tablename__ = "wallet_grants"
    __table_args__ = (
        tenant_foreign_key("wallet_id", "billing.wallets"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("rule_id", "billing.wallet_rules"),
        tenant_unique("rule_id", "granted_on", "source", name="uq_wallet_grants_rule"),
        sa.CheckConstraint("remaining BETWEEN 0 AND amount", name="not_overdrawn"),
        tenant_index("customer_id", name="ix_wallet_grants_open", where="remaining > 0"),
        tenant_index("expires_on", name="ix_wallet_grants_expiry", where="remaining > 0"),
        tenant_index("wallet_id", "granted_at", name="ix_wallet_grants_wallet"),
        tenant_index("invoice_id", name="ix_wallet_grants_invoice", where="invoice_id IS NOT NULL"),
        {"postgresql_with": {"fillfactor": 70}},
    )

    wallet_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(sa.String(3))
    source: Mapped[GrantSource] = mapped_column(enum_type(GrantSource))
    is_paid: Mapped[bool] = mapped_column(sa.Boolean())
    is_pending: Mapped[bool] = mapped_column(sa.Boolean())
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    remaining: Mapped[Decimal] = mapped_column(MoneyAmount)
    priority: Mapped[int] = mapped_column(sa.Integer())
    granted_on: Mapped[date] = mapped_column(sa.Date())
    granted_at: Mapped[datetime] = mapped_column(Instant)
    expires_on: Mapped[date | None] = mapped_column(sa.Date())
    invoice_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    rule_id: Mapped[UUID | None]
    note: Mapped[str | None] = mapped_column(sa.Text())


class WalletMovement(TenantOwned, BillingBase):
    """Something that happened to a grant; the movements of a grant sum to what remains of it.

    `invoice_id` is no foreign key, so that it can be written before the invoice has its number.
    """

    __tablename__ = "wallet_movements"
    __table_args__ = (
        tenant_foreign_key("wallet_id", "billing.wallets"),
        tenant_foreign_key("grant_id", "billing.wallet_grants"),
        tenant_index("wallet_id", "created_at", name="ix_wallet_movements_wallet"),
        tenant_index("grant_id", name="ix_wallet_movements_grant"),
        tenant_index(
            "invoice_id", name="ix_wallet_movements_invoice", where="invoice_id IS NOT NULL"
        ),
    )

    wallet_id: Mapped[UUID]
    grant_id: Mapped[UUID]
    kind: Mapped[MovementKind] = mapped_column(enum_type(MovementKind))
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    occurred_on: Mapped[date] = mapped_column(sa.Date())
    invoice_id: Mapped[UUID | None]
    note: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)


class WalletRule(TenantOwned, BillingBase):
    """Credit that is granted free again and again, whenever the customer is billed.

    Grants are made on `anchor_on` and every so many months after it, next on `next_on`, up to, not
    including, `ends_on`. Each ends when the next is made, unless `keeps`; of what is left of it
    then, as much as `rolls_over_up_to` goes into a further grant for one more turn.
    """

    __tablename__ = "wallet_rules"
    __table_args__ = (
        tenant_foreign_key("wallet_id", "billing.wallets"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_index("wallet_id", name="ix_wallet_rules_wallet"),
        tenant_index("next_on", name="ix_wallet_rules_due", where="next_on IS NOT NULL"),
    )

    wallet_id: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    every_months: Mapped[int] = mapped_column(sa.Integer())
    anchor_on: Mapped[date] = mapped_column(sa.Date())
    next_on: Mapped[date | None] = mapped_column(sa.Date())
    ends_on: Mapped[date | None] = mapped_column(sa.Date())
    priority: Mapped[int] = mapped_column(sa.Integer())
    keeps: Mapped[bool] = mapped_column(sa.Boolean())
    rolls_over_up_to: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    subscription_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
