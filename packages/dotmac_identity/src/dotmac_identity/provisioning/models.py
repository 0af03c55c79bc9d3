"""What directories know users by."""

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


class ProvisionedUser(TenantOwned, IdentityBase):
    """A user of the staff whom a directory has made or changed.

    `user_name_key` is `user_name` in lower case. Whom the directory has removed keeps an account
    that is deactivated; it is out of the directory's sight while `removed_at` is set and the
    account is not active.
    """

    __tablename__ = "provisioned_users"
    __table_args__ = (
        tenant_foreign_key("user_id", "identity.users"),
        tenant_unique("user_id"),
        tenant_unique("user_name_key"),
        tenant_index("external_id", where="external_id IS NOT NULL", unique=True),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    user_name: Mapped[str] = mapped_column(sa.Text())
    user_name_key: Mapped[str] = mapped_column(sa.Text())
    external_id: Mapped[str | None] = mapped_column(sa.Text())
    given_name: Mapped[str | None] = mapped_column(sa.Text())
    family_name: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
