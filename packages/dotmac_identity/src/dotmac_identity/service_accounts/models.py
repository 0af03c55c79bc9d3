"""Service accounts as stored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
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


class ServiceAccountRole(TenantOwned, IdentityBase):
    """A service account has a role."""

    __tablename__ = "service_account_roles"
    __table_args__ = (
        tenant_foreign_key("service_account_id", "identity.service_accounts"),
        tenant_foreign_key("role_id", "identity.roles"),
        tenant_unique("service_account_id", "role_id"),
        tenant_index("role_id"),
    )

    service_account_id: Mapped[UUID] = mapped_column(sa.Uuid())
    role_id: Mapped[UUID] = mapped_column(sa.Uuid())
