"""Tenant profiles as stored."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, enum_type
from dotmac_identity.mapped_base import IdentityBase
from dotmac_identity.tenants.profile import TenantKind


class TenantRecord(TenantOwned, IdentityBase):
    """What a tenant is like. There is one row for each; its `id` is the tenant's own."""

    __tablename__ = "tenants"
    __table_args__ = (sa.CheckConstraint("id = tenant_id", name="own"),)

    name: Mapped[str] = mapped_column(sa.Text())
    slug: Mapped[str] = mapped_column(sa.Text())
    kind: Mapped[TenantKind] = mapped_column(enum_type(TenantKind))
    currency: Mapped[str] = mapped_column(sa.String(3))
    time_zone: Mapped[str] = mapped_column(sa.Text())
    country: Mapped[str] = mapped_column(sa.String(2))
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
