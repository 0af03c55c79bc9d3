"""Notes as stored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_foreign_key, tenant_index
from dotmac_customers.mapped_base import CustomersBase


class Note(TenantOwned, CustomersBase):
    """What somebody wrote about a customer. `html` is safe to show; `search_text` is folded."""

    __tablename__ = "notes"
    __table_args__ = (
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_index("customer_id", "id"),
    )

    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    html: Mapped[str] = mapped_column(sa.Text())
    search_text: Mapped[str] = mapped_column(sa.Text())
    is_pinned: Mapped[bool] = mapped_column(sa.Boolean())
    is_private: Mapped[bool] = mapped_column(sa.Boolean())
    mentions: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid()))
    author: Mapped[str] = mapped_column(sa.Text())
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class NoteEdit(TenantOwned, CustomersBase):
    """What a note said before it was changed, and who changed it when."""

    __tablename__ = "note_edits"
    __table_args__ = (
        tenant_foreign_key("note_id", "customers.notes"),
        tenant_index("note_id", "id"),
    )

    note_id: Mapped[UUID] = mapped_column(sa.Uuid())
    html: Mapped[str] = mapped_column(sa.Text())
    edited_by: Mapped[str] = mapped_column(sa.Text())
    edited_at: Mapped[datetime] = mapped_column(Instant)
