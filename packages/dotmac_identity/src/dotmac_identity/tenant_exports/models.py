"""Exports of all of a tenant's data, as asked for and made."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, enum_type, tenant_index
from dotmac_identity.mapped_base import IdentityBase


class ExportState(StrEnum):
    """How far an export has come."""

    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"


class TenantExport(TenantOwned, IdentityBase):
    """All of a tenant's data as one file, asked for and made."""

    __tablename__ = "tenant_exports"
    __table_args__ = (tenant_index("requested_at", "id"),)

    state: Mapped[ExportState] = mapped_column(enum_type(ExportState))
    requested_by: Mapped[str] = mapped_column(sa.Text())
    requested_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    file_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    size: Mapped[int | None] = mapped_column(sa.BigInteger())
    rows: Mapped[int | None] = mapped_column(sa.BigInteger())
    problem: Mapped[str | None] = mapped_column(sa.Text())
