"""API keys as stored."""

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


class ApiKey(TenantOwned, IdentityBase):
    """A key for programs. Only its hash is kept; `hint` is its last four characters.

    It belongs to a user or to a service account, and allows no more than they may themselves; keys
    that are older than that belong to nobody. `networks` are those it is good from, any if empty.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        tenant_unique("token_hash"),
        tenant_foreign_key("user_id", "identity.users"),
        tenant_foreign_key("service_account_id", "identity.service_accounts"),
        tenant_foreign_key("replaces_id", "identity.api_keys"),
        tenant_index("user_id"),
        tenant_index("service_account_id"),
    )

    name: Mapped[str] = mapped_column(sa.Text())
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    hint: Mapped[str] = mapped_column(sa.Text())
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    created_by: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    user_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    service_account_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    networks: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), server_default="{}")
    replaces_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
