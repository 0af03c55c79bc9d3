"""Second factors as stored, and who has to have one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_foreign_key, tenant_unique
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
