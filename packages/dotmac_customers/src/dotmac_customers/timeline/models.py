"""The timeline as stored."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, MoneyAmount, TenantOwned, tenant_index
from dotmac_customers.mapped_base import CustomersBase


class TimelineEntry(TenantOwned, CustomersBase):
    """Something that happened to a customer, in any module; append-only.

    `about_kind` and `about_id` name the thing it happened with, such as an invoice. `event_id` is
    the announcement it was made from. The title holds nothing personal: it cannot be changed when
    the customer asks to be forgotten.
    """

    __tablename__ = "timeline_entries"
    __table_args__ = (tenant_index("customer_id", "at", "id"),)

    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(sa.String(63))
    title: Mapped[str] = mapped_column(sa.Text())
    amount: Mapped[Decimal | None] = mapped_column(MoneyAmount)
    currency: Mapped[str | None] = mapped_column(sa.String(3))
    about_kind: Mapped[str | None] = mapped_column(sa.String(63))
    about_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    event_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
