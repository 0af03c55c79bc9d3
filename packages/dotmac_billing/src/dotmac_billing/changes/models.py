"""What was changed in subscriptions, from which day on, and what is still to come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.changes.kinds import ChangeKind, ChangeStatus
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class SubscriptionChange(TenantOwned, BillingBase):
    """A change that was made or is scheduled; `effective_on` is the first day of the new.

    A scheduled change stands in the windows of the items already. `undo` is what puts items and
    subscription back as they were; `sequence` counts the changes of a subscription from 1, and
    only the last one can be withdrawn. `summary` is for people.
    """

    __tablename__ = "subscription_changes"
    __table_args__ = (
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_unique("subscription_id", "sequence"),
        tenant_index(
            "effective_on",
            "id",
            name="ix_subscription_changes_scheduled",
            where="status = 'scheduled'",
        ),
    )

    subscription_id: Mapped[UUID]
    kind: Mapped[ChangeKind] = mapped_column(enum_type(ChangeKind))
    status: Mapped[ChangeStatus] = mapped_column(enum_type(ChangeStatus))
    effective_on: Mapped[date] = mapped_column(sa.Date())
    behaviour: Mapped[str | None] = mapped_column(sa.String(40))
    direction: Mapped[str | None] = mapped_column(sa.String(40))
    summary: Mapped[dict[str, Any]] = mapped_column(Json)
    undo: Mapped[dict[str, Any]] = mapped_column(Json)
    sequence: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
