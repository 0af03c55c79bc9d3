"""Second factors as stored, and who has to have one."""

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


class TotpFactor(TenantOwned, IdentityBase):
    """The secret that a user's authenticator app shares with us; one for each user.

    It counts once a code has `confirmed` it. `used_through` is the latest time step (30 seconds
    each, since 1970) whose code was used: neither it nor an earlier one is good again.
    """

    __tablename__ = "totp_factors"
    __table_args__ = (tenant_foreign_key("user_id", "identity.users"), tenant_unique("user_id"))

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    sealed_secret: Mapped[bytes] = mapped_column(sa.LargeBinary())
    used_through: Mapped[int] = mapped_column(sa.BigInteger())
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class RecoveryCode(TenantOwned, IdentityBase):
    """A code on paper for the day the phone is lost; good once, and only its hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (
        tenant_foreign_key("user_id", "identity.users"),
        tenant_unique("user_id", "code_hash"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    created_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Passkey(TenantOwned, IdentityBase):
    """A key pair on somebody's device or security key, of which we have the public half.

    It is good on pages of the domain `site` only. `sign_count` is what its authenticator counted
    when it was used last, zero where it does not count. One that `signs_in_alone` makes sure by
    finger, face or PIN who uses it, which a password would have to do otherwise. `is_synced` is
    whether an account takes it to several devices. Once somebody else seems to have a copy, at
    `copied_at`, it is refused, and still counts as a factor: the password alone must not be enough.
    """

    __tablename__ = "passkeys"
    __table_args__ = (
        tenant_foreign_key("user_id", "identity.users"),
        tenant_unique("credential_id"),
        tenant_index("user_id"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    name: Mapped[str] = mapped_column(sa.Text())
    site: Mapped[str] = mapped_column(sa.Text())
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary())
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary())
    transports: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    sign_count: Mapped[int] = mapped_column(sa.BigInteger())
    signs_in_alone: Mapped[bool] = mapped_column(sa.Boolean())
    is_synced: Mapped[bool] = mapped_column(sa.Boolean())
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    copied_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def is_good(self) -> bool:
        """Whether it can be used."""
        return self.copied_at is None


class SecondFactorRules(TenantOwned, IdentityBase):
    """Who of a tenant's staff has to have a second factor: everybody, or who holds a role.

    One row each; its id is the tenant's. A role that was deleted may still be named, and forces
    nobody.
    """

    __tablename__ = "second_factor_rules"
    __table_args__ = (tenant_unique(), sa.CheckConstraint("id = tenant_id", name="own"))

    everybody: Mapped[bool] = mapped_column(sa.Boolean())
    role_ids: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid()))
    updated_at: Mapped[datetime] = mapped_column(Instant)
