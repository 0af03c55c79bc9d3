"""Sessions and their refresh tokens as stored."""

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
from dotmac_core_ops.http import Client
from dotmac_identity.mapped_base import IdentityBase


class UserSession(TenantOwned, IdentityBase):
    """From signing in until signing out: the family of refresh tokens that follow each other.

    `device_name` is what its owner calls the device; `user_agent` and `address` are what signed in,
    or refreshed last. `last_seen_at` is exact to a minute. `second_factor_vouched` says that a
    provider of identities saw a second factor and the tenant takes its word for it.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        tenant_foreign_key("user_id", "identity.users"),
        tenant_foreign_key("impersonation_id", "identity.impersonations"),
        tenant_index("user_id"),
        tenant_index("expires_at"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_because: Mapped[str | None] = mapped_column(sa.Text())
    impersonation_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    device_name: Mapped[str | None] = mapped_column(sa.Text())
    user_agent: Mapped[str] = mapped_column(sa.Text(), default="", server_default="")
    address: Mapped[str] = mapped_column(sa.Text(), default="", server_default="")
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    second_factor_vouched: Mapped[bool] = mapped_column(
        sa.Boolean(), default=False, server_default=sa.false()
    )

    def is_open(self, now: datetime) -> bool:
        """Whether tokens of this session are good at `now`."""
        return self.revoked_at is None and self.expires_at > now

    def refreshed(self, client: Client, now: datetime, expires_at: datetime) -> None:
        """Note who refreshed it, and until when it is good by that."""
        self.user_agent, self.address = client.user_agent, client.address
        self.last_seen_at, self.expires_at = now, expires_at


class RefreshToken(TenantOwned, IdentityBase):
    """A token that is good for one refresh; only its hash is kept."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        tenant_foreign_key("session_id", "identity.sessions"),
        tenant_index("session_id"),
        tenant_unique("token_hash"),
    )

    session_id: Mapped[UUID] = mapped_column(sa.Uuid())
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    issued_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
