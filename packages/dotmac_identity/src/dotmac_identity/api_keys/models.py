"""API keys as stored."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_unique
from dotmac_identity.mapped_base import IdentityBase


class ApiKey(TenantOwned, IdentityBase):
    """A key for programs. Only its hash is kept; `hint` is its last four characters."""

    __tablename__ = "api_keys"
    __table_args__ = (tenant_unique("token_hash"),)

    name: Mapped[str] = mapped_column(sa.Text())
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    hint: Mapped[str] = mapped_column(sa.Text())
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    created_by: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
