"""What is known about a stored file; its bytes are in the file store, under the row's id."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned
from dotmac_core_ops.tenants import CoreBase


class FileRow(TenantOwned, CoreBase):
    """A file: the name people gave it, its type by content, size in bytes and SHA-256."""

    __tablename__ = "files"
    __table_args__ = (
        sa.CheckConstraint("size >= 0", name="size"),
        sa.CheckConstraint("octet_length(sha256) = 32", name="sha256"),
    )

    name: Mapped[str] = mapped_column(sa.Text())
    media_type: Mapped[str] = mapped_column(sa.Text())
    size: Mapped[int] = mapped_column(sa.BigInteger())
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary())
    created_by: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
