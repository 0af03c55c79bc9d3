"""The record of a bill run: how far it is, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.runs.states import RunStatus
from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    TenantOwned,
    enum_type,
    tenant_index,
)


class BillRun(TenantOwned, BillingBase):
    """One run. `total` sums its invoices in the tenant's currency; each chunk commits its share.

    `through` is included; `wave` is the last day of the month being billed; `failed` counts the
    subscriptions that could not be billed, and `error` names the first reason.
    """

    __tablename__ = "bill_runs"
    __table_args__ = (
        tenant_index("started_at", name="ix_bill_runs_started"),
        {"postgresql_with": {"fillfactor": 50}},
    )

    through: Mapped[date] = mapped_column(sa.Date())
    historical: Mapped[bool] = mapped_column(sa.Boolean())
    status: Mapped[RunStatus] = mapped_column(enum_type(RunStatus))
    started_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    invoices: Mapped[int] = mapped_column(sa.BigInteger())
    total: Mapped[Decimal] = mapped_column(MoneyAmount)
    chunks: Mapped[int] = mapped_column(sa.Integer())
    failed: Mapped[int] = mapped_column(sa.Integer())
    wave: Mapped[date | None] = mapped_column(sa.Date())
    error: Mapped[str | None] = mapped_column(sa.Text())
