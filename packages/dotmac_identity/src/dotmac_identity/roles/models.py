"""Roles as stored, and who has them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from dotmac_identity.mapped_base import IdentityBase


class Role(TenantOwned, IdentityBase):
    """A named set of permissions.

    A system role keeps none here: what it allows is computed from the installed modules, so that a
    new module is covered without a migration.
    """

    __tablename__ = "roles"
    __table_args__ = (tenant_unique("name"),)

    name: Mapped[str] = mapped_column(sa.Text())
    permissions: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    is_system: Mapped[bool] = mapped_column(sa.Boolean())
    created_at: Mapped[datetime] = mapped_column(Instant)
    description: Mapped[str] = mapped_column(sa.Text(), server_default="")
    version: Mapped[int] = mapped_column(sa.Integer(), server_default="1")


class UserRole(TenantOwned, IdentityBase):
    """A user has a role: everywhere, or within one site, reseller or customer group only."""

    __tablename__ = "user_roles"
    __table_args__ = (
        tenant_foreign_key("user_id", "identity.users"),
        tenant_foreign_key("role_id", "identity.roles"),
        sa.UniqueConstraint(
            *("tenant_id", "user_id", "role_id", "scope_kind", "scope_id"),
            name="uq_user_roles_assigned",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("(scope_kind IS NULL) = (scope_id IS NULL)", name="scope"),
        tenant_index("role_id"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    role_id: Mapped[UUID] = mapped_column(sa.Uuid())
    scope_kind: Mapped[str | None] = mapped_column(sa.String(40))
    scope_id: Mapped[UUID | None] = mapped_column(sa.Uuid())


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
