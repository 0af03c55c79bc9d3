"""First answers, kept so that a repeated request gets the same one."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_index, tenant_unique
from dotmac_core_ops.tenants import CoreBase


class IdempotencyKey(TenantOwned, CoreBase):
    """A key that a principal sent, what it sent with it, and (when done) what it was answered."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (tenant_unique("subject", "key"), tenant_index("created_at"))

    subject: Mapped[str] = mapped_column(sa.Text())
    key: Mapped[str] = mapped_column(sa.Text())
    method: Mapped[str] = mapped_column(sa.Text())
    path: Mapped[str] = mapped_column(sa.Text())
    request_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    status: Mapped[int | None] = mapped_column(sa.SmallInteger())
    body: Mapped[bytes | None] = mapped_column(sa.LargeBinary())
    content_type: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
