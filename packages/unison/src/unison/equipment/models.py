"""Equipment as stored."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_unique
from unison.mapped_base import UnisonBase


class Equipment(TenantOwned, UnisonBase):
    """A machine or installation that is looked after, and where in the plant it stands.

    What is out of service (`is_active` false) keeps its schedules, and none of them is due.
    """

    __tablename__ = "equipment"
    __table_args__ = (tenant_unique("code"),)

    code: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    location: Mapped[str] = mapped_column(sa.Text())
    is_active: Mapped[bool] = mapped_column(sa.Boolean())
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
