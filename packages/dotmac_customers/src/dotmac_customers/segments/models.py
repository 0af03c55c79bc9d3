"""Segments as stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from dotmac_customers.mapped_base import CustomersBase


class SegmentKind(StrEnum):
    """How a segment knows who belongs to it."""

    LIST = "list"
    RULE = "rule"


class Segment(TenantOwned, CustomersBase):
    """A named set of customers: a list kept by hand, or all who match a rule at the moment."""

    __tablename__ = "segments"
    __table_args__ = (tenant_unique("name"),)

    name: Mapped[str] = mapped_column(sa.Text())
    description: Mapped[str] = mapped_column(sa.Text())
    kind: Mapped[SegmentKind] = mapped_column(enum_type(SegmentKind))
    rule: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class SegmentMember(CustomersBase):
    """A customer on a list; being on it is all that there is to say, so it has no identifier."""

    __tablename__ = "segment_members"
    __table_args__ = (
        tenant_foreign_key("segment_id", "customers.segments"),
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_index("customer_id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(
        sa.Uuid(), primary_key=True, server_default=sa.text("core.current_tenant()")
    )
    segment_id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
