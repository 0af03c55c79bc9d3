"""A tenant's own reasons, as stored."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_unique
from dotmac_customers.mapped_base import CustomersBase


class RetentionReason(TenantOwned, CustomersBase):
    """On which basis the tenant keeps `subject`, and for how many years from the end of a year."""

    __tablename__ = "retention_reasons"
    __table_args__ = (tenant_unique("subject"),)

    subject: Mapped[str] = mapped_column(sa.String(63))
    basis: Mapped[str] = mapped_column(sa.Text())
    years: Mapped[int] = mapped_column(sa.SmallInteger())
    updated_by: Mapped[str] = mapped_column(sa.Text())
    updated_at: Mapped[datetime] = mapped_column(Instant)
