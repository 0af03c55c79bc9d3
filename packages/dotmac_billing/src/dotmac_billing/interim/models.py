"""Periods of which a part was billed while they were running."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class InterimPeriod(TenantOwned, BillingBase):
    """What an item was billed of a period before its end; its lines say how much.

    Until `settled_at` the rest is still to come. It is known by the item and its first day.
    """

    __tablename__ = "interim_periods"
    __table_args__ = (
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("item_id", "billing.subscription_items"),
        tenant_unique("item_id", "period_start", name="uq_interim_periods_item"),
        tenant_index(
            "subscription_id", name="ix_interim_periods_unsettled", where="settled_at IS NULL"
        ),
    )

    subscription_id: Mapped[UUID]
    item_id: Mapped[UUID]
    period_start: Mapped[date] = mapped_column(sa.Date())
    created_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
