"""Every query about tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_customers.tasks.models import CustomerTask
from dotmac_customers.tasks.states import TaskState


@dataclass(frozen=True, slots=True)
class WantedTasks:
    """What a list is narrowed to; None stands for all. `due_until` is included."""

    customer_id: UUID | None = None
    assignee_id: UUID | None = None
    state: TaskState | None = None
    due_until: date | None = None


class TaskRepository:
    """Tasks of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, task: CustomerTask) -> None:
        """Write it with the transaction."""
        self._session.add(task)

    async def by_id(self, task_id: UUID, *, for_update: bool = False) -> CustomerTask | None:
        """The task, if the tenant has it."""
        query = sa.select(CustomerTask).where(CustomerTask.id == task_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def page(
        self, wanted: WantedTasks, *, offset: int, limit: int
    ) -> tuple[Sequence[CustomerTask], int]:
        """Tasks, the most urgent first, and how many there are in all."""
        conditions: list[sa.ColumnElement[bool]] = []
        for column, value in (
            (CustomerTask.customer_id, wanted.customer_id),
            (CustomerTask.assignee_id, wanted.assignee_id),
            (CustomerTask.state, wanted.state),
        ):
            if value is not None:
                conditions.append(column == value)
        if wanted.due_until is not None:
            conditions.append(CustomerTask.due_on <= wanted.due_until)
        count = sa.select(sa.func.count()).select_from(CustomerTask).where(*conditions)
        query = (
            sa.select(CustomerTask)
            .where(*conditions)
            .order_by(CustomerTask.due_on.asc().nulls_last(), CustomerTask.id)
        )
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        return rows, await self._session.scalar(count) or 0

    async def to_remind(self, today: date, now: datetime) -> Sequence[CustomerTask]:
        """Open tasks whose assignees are to be reminded by now; noted as reminded."""
        rows = await self._session.scalars(
            sa.update(CustomerTask)
            .where(
                CustomerTask.state == TaskState.OPEN,
                CustomerTask.reminded_at.is_(None),
                CustomerTask.assignee_id.is_not(None),
                CustomerTask.remind_on <= today,
            )
            .values(reminded_at=now)
            .returning(CustomerTask)
        )
        return rows.all()

    async def of_customer(self, customer_id: UUID) -> Sequence[CustomerTask]:
        """All tasks about a customer, oldest first."""
        query = sa.select(CustomerTask).where(CustomerTask.customer_id == customer_id)
        return (await self._session.scalars(query.order_by(CustomerTask.id))).all()

    async def remove_of(self, customer_id: UUID) -> int:
        """Forget all tasks about a customer; how many."""
        gone = await self._session.scalars(
            sa.delete(CustomerTask)
            .where(CustomerTask.customer_id == customer_id)
            .returning(CustomerTask.id)
        )
        return len(gone.all())
