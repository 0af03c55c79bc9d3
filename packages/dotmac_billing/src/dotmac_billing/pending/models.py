"""Lines that wait for an invoice."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.receivables.states import LineKind
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
)

WAITS = "invoice_id IS NULL AND withdrawn_at IS NULL"


class PendingLine(TenantOwned, BillingBase):
    """See `NewPendingLine`. It waits until it has an invoice, or is withdrawn.

    `position` is that of its line on the invoice; None on invoices from before it was kept.
    """

    __tablename__ = "pending_lines"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_index("customer_id", name="ix_pending_lines_customer_id", where=WAITS),
        tenant_index("subscription_id", name="ix_pending_lines_subscription_id", where=WAITS),
        tenant_index(
            "invoice_id", name="ix_pending_lines_invoice_id", where="invoice_id IS NOT NULL"
        ),
    )

    customer_id: Mapped[UUID]
    subscription_id: Mapped[UUID | None]
    kind: Mapped[LineKind] = mapped_column(enum_type(LineKind))
    description: Mapped[str] = mapped_column(sa.Text())
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    amount: Mapped[Decimal] = mapped_column(MoneyAmount)
    own_off: Mapped[Decimal] = mapped_column(MoneyAmount, server_default="0")
    currency: Mapped[str] = mapped_column(sa.String(3))
    bill_from: Mapped[date] = mapped_column(sa.Date())
    component_id: Mapped[UUID | None]
    item_id: Mapped[UUID | None]
    period_start: Mapped[date | None] = mapped_column(sa.Date())
    period_end: Mapped[date | None] = mapped_column(sa.Date())
    tax_code: Mapped[str | None] = mapped_column(sa.Text())
    includes_tax: Mapped[bool] = mapped_column(sa.Boolean())
    reverses_line_id: Mapped[UUID | None]
    explanation: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    invoice_id: Mapped[UUID | None]
    position: Mapped[int | None] = mapped_column(sa.Integer())
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
