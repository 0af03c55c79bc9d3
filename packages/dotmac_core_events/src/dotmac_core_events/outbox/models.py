"""The outbox and who has received what."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_events.mapped_base import EventsBase
from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    enum_type,
    tenant_index,
    tenant_unique,
)


class EventState(Enum):
    """How far an announced event has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class OutboxEvent(TenantOwned, EventsBase):
    """An announced event. It is pending until every handler has it, or until it is given up."""

    __tablename__ = "outbox"
    __table_args__ = (
        # Across tenants: the worker takes what is due of all of them.
        sa.Index(
            "ix_outbox_due",
            "next_attempt_at",
            "id",
            postgresql_where=sa.text("state = 'pending'"),
        ),
        tenant_index("id", name="ix_outbox_dead", where="state = 'dead'"),
    )

    name: Mapped[str] = mapped_column(sa.Text())
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    request_id: Mapped[str | None] = mapped_column(sa.Text())
    correlation_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[EventState] = mapped_column(enum_type(EventState), server_default="pending")
    attempts: Mapped[int] = mapped_column(sa.SmallInteger(), server_default="0")
    # When a worker may take it (again); while one has it, the end of its lease. The epoch means at
    # once, whatever the tenant's clock says.
    next_attempt_at: Mapped[datetime] = mapped_column(Instant, server_default="epoch")
    claim: Mapped[UUID | None]
    # How often its worker was lost; apart from `attempts`, because a deployment is not a failure.
    losses: Mapped[int] = mapped_column(sa.SmallInteger(), server_default="0")
    last_error: Mapped[str | None] = mapped_column(sa.Text())


class Delivery(TenantOwned, EventsBase):
    """The proof that a handler's effects for an event are committed, written together with them."""

    __tablename__ = "deliveries"
    __table_args__ = (tenant_unique("event_id", "handler"),)

    event_id: Mapped[UUID]
    handler: Mapped[str] = mapped_column(sa.Text())
