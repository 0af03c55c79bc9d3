"""Results kept for a while. UNLOGGED: cheap to write, empty after a crash, which is right here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, tenant_index
from dotmac_core_ops.tenants import CoreBase


class CacheEntry(CoreBase):
    """A result under its key, or (no value yet) the claim of whoever is computing it."""

    __tablename__ = "cache"
    __table_args__ = (tenant_index("expires_at"), {"prefixes": ["UNLOGGED"]})

    tenant_id: Mapped[UUID] = mapped_column(
        sa.Uuid(), primary_key=True, server_default=sa.text("core.current_tenant()")
    )
    key: Mapped[str] = mapped_column(sa.Text(), primary_key=True)
    value: Mapped[bytes | None] = mapped_column(sa.LargeBinary())
    claim: Mapped[UUID | None] = mapped_column(sa.Uuid())
    expires_at: Mapped[datetime] = mapped_column(Instant)
