"""Tokens with which people change their own account, as stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from dotmac_identity.mapped_base import IdentityBase


class Purpose(StrEnum):
    """What a token lets its bearer do, once."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 (a purpose)
    EMAIL_CHANGE = "email_change"
    EMAIL_UNDO = "email_undo"


LIFE = {
    Purpose.PASSWORD_RESET: timedelta(hours=1),
    Purpose.EMAIL_CHANGE: timedelta(hours=24),
    Purpose.EMAIL_UNDO: timedelta(days=7),
}
"""How long each kind of token is good."""


class AccountToken(TenantOwned, IdentityBase):
    """A single-use token that was sent to its owner; only its hash is kept.

    `email` is the address that the account gets by it: the new one, or the former one back.
    """

    __tablename__ = "account_tokens"
    __table_args__ = (
        tenant_foreign_key("user_id", "identity.users"),
        tenant_unique("token_hash"),
        tenant_index("user_id", "purpose"),
        tenant_index("expires_at"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    purpose: Mapped[Purpose] = mapped_column(enum_type(Purpose))
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    email: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    def is_good(self, now: datetime) -> bool:
        """Whether it can be used at `now`: not used or withdrawn, not expired."""
        return self.used_at is None and self.expires_at > now
