"""How a tenant bills: one row for each tenant."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import TenantOwned


class BillingSettings(TenantOwned, BillingBase):
    """What holds for a tenant's customers and invoices unless one of them says otherwise."""

    __tablename__ = "settings"
    __table_args__ = (sa.UniqueConstraint("tenant_id"),)

    currency: Mapped[str] = mapped_column(sa.String(3))
    time_zone: Mapped[str] = mapped_column(sa.Text())
    country: Mapped[str | None] = mapped_column(sa.String(2))
    payment_terms_days: Mapped[int] = mapped_column(sa.Integer())
    invoice_number_format: Mapped[str] = mapped_column(sa.Text())
    seller_name: Mapped[str | None] = mapped_column(sa.Text())
    version: Mapped[int] = mapped_column(sa.Integer())
