"""Thresholds of single subscriptions, what they made, and how far the last look has come."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.thresholds.reached import Measure
from dotmac_core_ops.database import (
    Instant,
    Json,
    MoneyAmount,
    Quantity,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class SubscriptionThresholds(TenantOwned, BillingBase):
    """What holds for a subscription in place of its plan's thresholds; none when it is empty."""

    __tablename__ = "subscription_thresholds"
    __table_args__ = (
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_unique("subscription_id"),
    )

    subscription_id: Mapped[UUID]
    thresholds: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class ThresholdInvoice(TenantOwned, BillingBase):
    """An invoice within a period, and what was reached; append-only.

    `total` is what the usage of the running periods came to, before discount and tax. `component`
    is set where a quantity was reached.
    """

    __tablename__ = "threshold_invoices"
    __table_args__ = (
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_index("subscription_id", "id", name="ix_threshold_invoices_subscription"),
        tenant_unique("invoice_id"),
    )

    subscription_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    measure: Mapped[Measure] = mapped_column(enum_type(Measure))
    threshold: Mapped[Decimal] = mapped_column(Quantity)
    component: Mapped[str | None] = mapped_column(sa.Text())
    total: Mapped[Decimal] = mapped_column(MoneyAmount)
    currency: Mapped[str] = mapped_column(sa.String(3))
    created_at: Mapped[datetime] = mapped_column(Instant)


class ThresholdSweep(TenantOwned, BillingBase):
    """How far the look at the subscriptions has come: `after_id` was the last; None: begin anew."""

    __tablename__ = "threshold_sweeps"
    __table_args__ = (sa.UniqueConstraint("tenant_id"),)

    after_id: Mapped[UUID | None]
    updated_at: Mapped[datetime] = mapped_column(Instant)
