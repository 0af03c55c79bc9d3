"""Rates of exchange as a tenant writes them down, and payments that came in another currency."""

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
)


class ExchangeRate(TenantOwned, BillingBase):
    """What one unit of `from_currency` is in `to_currency`, from a day on.

    It holds until the next rate of the pair begins, and not on `valid_until` or later. A rate is
    never changed, because invoices and payments go by it: a mistake is disabled.
    """

    __tablename__ = "exchange_rates"
    __table_args__ = (
        tenant_index(
            "from_currency",
            "to_currency",
            "valid_from",
            name="uq_exchange_rates_day",
            where="disabled_at IS NULL",
            unique=True,
        ),
    )

    from_currency: Mapped[str] = mapped_column(sa.String(3))
    to_currency: Mapped[str] = mapped_column(sa.String(3))
    rate: Mapped[Decimal] = mapped_column(sa.Numeric(18, 9))
    valid_from: Mapped[date] = mapped_column(sa.Date())
    valid_until: Mapped[date | None] = mapped_column(sa.Date())
    source: Mapped[str | None] = mapped_column(sa.Text())
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ConvertedPayment(TenantOwned, BillingBase):
    """What the payment of the same `id` was before it was changed; append-only.

    `rate` is what a unit of `paid_currency` was in the payment's currency. None as `rate_id`: it
    follows from what arrived.
    """

    __tablename__ = "converted_payments"
    __table_args__ = (
        tenant_foreign_key("id", "billing.payments"),
        tenant_foreign_key("rate_id", "billing.exchange_rates"),
        tenant_index("rate_id", name="ix_converted_payments_rate", where="rate_id IS NOT NULL"),
    )

    paid_amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    paid_currency: Mapped[str] = mapped_column(sa.String(3))
    rate: Mapped[Decimal] = mapped_column(sa.Numeric(24, 12))
    rate_id: Mapped[UUID | None]
