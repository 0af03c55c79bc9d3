"""Users as stored, and when they are locked out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_index,
    tenant_unique,
)
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.mapped_base import IdentityBase
from dotmac_identity.sessions.holder import SessionHolder
from dotmac_identity.users.lockout import locked_until


class User(TenantOwned, IdentityBase):
    """A person who signs in. The e-mail address is in lower case, unique in tenant and kind.

    Somebody in the portal belongs to a customer and holds `portal_permissions` instead of roles.
    Without a password one signs in by other means, if any. Without a time zone the tenant's holds.
    """

    __tablename__ = "users"
    __table_args__ = (
        tenant_unique("kind", "email"),
        tenant_index("customer_id", where="customer_id IS NOT NULL"),
        sa.CheckConstraint("(kind = 'portal') = (customer_id IS NOT NULL)", name="customer"),
    )

    kind: Mapped[AccountKind] = mapped_column(
        enum_type(AccountKind), default=AccountKind.STAFF, server_default="staff"
    )
    customer_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    portal_permissions: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text()), default=list, server_default="{}"
    )
    email: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    password_hash: Mapped[str | None] = mapped_column(sa.Text())
    locale: Mapped[str] = mapped_column(sa.Text(), default="en", server_default="en")
    time_zone: Mapped[str | None] = mapped_column(sa.Text())
    is_active: Mapped[bool] = mapped_column(sa.Boolean())
    failed_attempts: Mapped[int] = mapped_column(sa.Integer())
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    def holder(self) -> SessionHolder:
        """Whose session it is, when one is opened."""
        return SessionHolder(self.id, self.kind, self.email, self.name, self.locale)

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

    def forgive_attempt(self, counted: int) -> None:
        """Take an attempt back that was right, but did not finish signing in.

        The failures before it stay. `counted` is what it made of `failed_attempts`: where another
        one was counted since, its lock stays as well.
        """
        if self.failed_attempts == counted:
            self.locked_until = None
        self.failed_attempts = max(0, self.failed_attempts - 1)

    def signed_in(self, now: datetime) -> None:
        """Note a success and forget the failures before it."""
        self.failed_attempts = 0
        self.locked_until = None
        self.last_sign_in_at = now
