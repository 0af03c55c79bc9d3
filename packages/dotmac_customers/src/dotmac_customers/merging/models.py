"""Merges as stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    tenant_foreign_key,
    tenant_unique,
)
from dotmac_customers.mapped_base import CustomersBase


class Merge(TenantOwned, CustomersBase):
    """One customer became part of another; append-only.

    `taken` are the fields that the kept one has from the other, `moved` how many rows of each table
    went over.
    """

    __tablename__ = "merges"
    __table_args__ = (
        tenant_foreign_key("kept_id", "customers.customers"),
        tenant_foreign_key("merged_id", "customers.customers"),
        tenant_unique("merged_id"),
    )

    kept_id: Mapped[UUID] = mapped_column(sa.Uuid())
    merged_id: Mapped[UUID] = mapped_column(sa.Uuid())
    taken: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.Text()))
    moved: Mapped[dict[str, Any]] = mapped_column(Json)
    actor: Mapped[str] = mapped_column(sa.Text())
    at: Mapped[datetime] = mapped_column(Instant)
