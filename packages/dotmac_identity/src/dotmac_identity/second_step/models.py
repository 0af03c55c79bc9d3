"""Between the password and the second factor, as stored; devices that need no second one."""

from __future__ import annotations

from datetime import datetime, timedelta
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

CHALLENGE_LIFE = timedelta(minutes=5)
"""How long somebody has for the second step."""

MOST_TRIES = 5
"""Codes that can be tried on one challenge; then the password is asked for again."""


class SignInChallenge(TenantOwned, IdentityBase):
    """Somebody knew the password and has to show a second factor; good for one success."""

    __tablename__ = "sign_in_challenges"
    __table_args__ = (
        tenant_foreign_key("user_id", "identity.users"),
        tenant_unique("token_hash"),
        tenant_index("user_id"),
        tenant_index("expires_at"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    attempts: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    def is_good(self, now: datetime) -> bool:
        """Whether a code can be tried at `now`."""
        return self.used_at is None and self.expires_at > now and self.attempts < MOST_TRIES


class RememberedDevice(TenantOwned, IdentityBase):
    """A device that showed a second factor and is not asked again until `expires_at`."""

    __tablename__ = "remembered_devices"
    __table_args__ = (
        tenant_foreign_key("user_id", "identity.users"),
        tenant_unique("token_hash"),
        tenant_index("user_id"),
        tenant_index("expires_at"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    user_agent: Mapped[str] = mapped_column(sa.Text())
    address: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
