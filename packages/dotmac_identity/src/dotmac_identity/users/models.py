"""Users as stored, and when they are locked out."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_unique
from dotmac_identity.mapped_base import IdentityBase
from dotmac_identity.users.lockout import locked_until


class User(TenantOwned, IdentityBase):
    """A person who signs in. The e-mail address is in lower case and unique in the tenant."""

    __tablename__ = "users"
    __table_args__ = (tenant_unique("email"),)

    email: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    password_hash: Mapped[str] = mapped_column(sa.Text())
    is_active: Mapped[bool] = mapped_column(sa.Boolean())
    failed_attempts: Mapped[int] = mapped_column(sa.Integer())
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    def may_try(self, now: datetime) -> bool:
        """Whether a password is looked at now: the account is active and not locked."""
        return self.is_active and (self.locked_until is None or self.locked_until <= now)

    def count_attempt(self, now: datetime) -> None:
        """Count an attempt as failed, before its password is known to be right or wrong.

        Counting first makes a hundred guesses at once as slow as one after the other; a success
        takes it back (`signed_in`).
        """
        self.failed_attempts += 1
        self.locked_until = locked_until(self.failed_attempts, now)

    def signed_in(self, now: datetime) -> None:
        """Note a success and forget the failures before it."""
        self.failed_attempts = 0
        self.locked_until = None
        self.last_sign_in_at = now
