"""Invoices written by hand that were not issued yet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.drafts.states import DraftStatus
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
)


class InvoiceDraft(TenantOwned, BillingBase):
    """An invoice in the making: no number, not in the books, nothing owed.

    Each of `lines` has description, quantity, unit_price and tax_code; figures are text.
    """

    __tablename__ = "invoice_drafts"
    __table_args__ = (
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_index("created_at", name="ix_invoice_drafts_created"),
        tenant_index("customer_id", name="ix_invoice_drafts_customer"),
    )

    customer_id: Mapped[UUID]
    status: Mapped[DraftStatus] = mapped_column(enum_type(DraftStatus))
    issued_on: Mapped[date | None] = mapped_column(sa.Date())
    due_on: Mapped[date | None] = mapped_column(sa.Date())
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    memo: Mapped[str | None] = mapped_column(sa.Text())
    copied_from_id: Mapped[UUID | None]
    invoice_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())
