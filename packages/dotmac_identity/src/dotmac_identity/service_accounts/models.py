"""Service accounts as stored."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_unique
from dotmac_identity.mapped_base import IdentityBase


class ServiceAccount(TenantOwned, IdentityBase):
    """A program that has rights of its own: it outlives the people who set it up.

    It has no password and signs in by its API keys only.
    """

    __tablename__ = "service_accounts"
    __table_args__ = (tenant_unique("name"),)

    name: Mapped[str] = mapped_column(sa.Text())
    description: Mapped[str] = mapped_column(sa.Text())
    is_active: Mapped[bool] = mapped_column(sa.Boolean())
    created_by: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())
