"""Whom a provider's people are here, as stored."""

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
from dotmac_identity.mapped_base import IdentityBase


class LinkedIdentity(TenantOwned, IdentityBase):
    """Somebody at a provider, known by issuer and subject, is a user here.

    `email` is what the provider called them by when it was linked; it decides nothing.
    """

    __tablename__ = "linked_identities"
    __table_args__ = (
        tenant_foreign_key("user_id", "identity.users"),
        tenant_foreign_key("provider_id", "identity.sign_in_providers"),
        tenant_unique("issuer", "subject"),
        tenant_index("user_id"),
        tenant_index("provider_id"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid())
    provider_id: Mapped[UUID] = mapped_column(sa.Uuid())
    issuer: Mapped[str] = mapped_column(sa.Text())
    subject: Mapped[str] = mapped_column(sa.Text())
    email: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime] = mapped_column(Instant)
