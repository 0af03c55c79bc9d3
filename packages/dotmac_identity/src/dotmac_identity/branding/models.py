"""How a tenant looks, as stored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, Json, TenantOwned, tenant_unique
from dotmac_identity.mapped_base import IdentityBase


class BrandingRecord(TenantOwned, IdentityBase):
    """The look of a tenant; what is None is as the platform has it. One row each."""

    __tablename__ = "branding"
    __table_args__ = (tenant_unique(), sa.CheckConstraint("id = tenant_id", name="own"))

    name: Mapped[str | None] = mapped_column(sa.Text())
    logo_file_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    favicon_file_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    primary_colour: Mapped[str | None] = mapped_column(sa.String(7))
    accent_colour: Mapped[str | None] = mapped_column(sa.String(7))
    email_footer: Mapped[str | None] = mapped_column(sa.Text())
    texts: Mapped[dict[str, str]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(sa.Integer())
    updated_at: Mapped[datetime] = mapped_column(Instant)
