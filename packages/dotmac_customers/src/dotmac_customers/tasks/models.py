"""Tasks as stored."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
)
from dotmac_customers.mapped_base import CustomersBase
from dotmac_customers.tasks.states import TaskState


class CustomerTask(TenantOwned, CustomersBase):
    """Something to be done about a customer; the assignee is reminded on the day `remind_on`."""

    __tablename__ = "tasks"
    __table_args__ = (
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_index("customer_id", "id"),
        tenant_index("assignee_id", "due_on", "id", name="ix_tasks_open", where="state = 'open'"),
        tenant_index(
            "remind_on",
            name="ix_tasks_to_remind",
            where="state = 'open' AND reminded_at IS NULL AND assignee_id IS NOT NULL",
        ),
    )

    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    title: Mapped[str] = mapped_column(sa.Text())
    details: Mapped[str] = mapped_column(sa.Text())
    state: Mapped[TaskState] = mapped_column(enum_type(TaskState))
    due_on: Mapped[date | None] = mapped_column(sa.Date())
    remind_on: Mapped[date | None] = mapped_column(sa.Date())
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    assignee_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    created_by: Mapped[str] = mapped_column(sa.Text())
    closed_by: Mapped[str | None] = mapped_column(sa.Text())
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    def put(self, state: TaskState, by: str, now: datetime) -> None:
        """Close the task, or open it again."""
        self.state = state
        is_open = state is TaskState.OPEN
        self.closed_by, self.closed_at = (None, None) if is_open else (by, now)
