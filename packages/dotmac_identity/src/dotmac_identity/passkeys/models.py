"""Challenges that were answered, so that nothing that was signed is taken twice."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_index, tenant_unique
from dotmac_identity.mapped_base import IdentityBase


class UsedPasskeyChallenge(TenantOwned, IdentityBase):
    """A challenge that came back; kept until it has expired and is no good by itself."""

    __tablename__ = "used_passkey_challenges"
    __table_args__ = (tenant_unique("challenge_hash"), tenant_index("expires_at"))

    challenge_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    expires_at: Mapped[datetime] = mapped_column(Instant)
