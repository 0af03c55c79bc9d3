"""Every query about tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.filters.repository import Parameters
from dotmac_customers.scoping.part import Part
from dotmac_customers.scoping.repository import within
from dotmac_customers.tasks.models import CustomerTask
from dotmac_customers.tasks.states import TaskState


@dataclass(frozen=True, slots=True)
class WantedTasks:
    """What a list is narrowed to; None stands for all. `due_until` is included.

    `within` is the part of the customers to which whoever asks is confined.
    """

    customer_id: UUID | None = None
    assignee_id: UUID | None = None
    state: TaskState | None = None
    due_until: date | None = None
    within: Part | None = None

    def conditions(self, parameters: Parameters) -> str:
        """The clause on a task `t` of a customer `c`."""
        parts = ["true"]
        for column, value in (
            ("customer_id", self.customer_id),
            ("assignee_id", self.assignee_id),
            ("state", None if self.state is None else self.state.value),
        ):
            if value is not None:
                parts.append(f"t.{column} = {parameters.place(value)}")
        if self.due_until is not None:
            parts.append(f"t.due_on <= {parameters.place(self.due_until)}")
        if self.within is not None:
            parts.append(within(self.within, parameters))
        return " AND ".join(parts)


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
    ) -> tuple[Sequence[Mapping[str, Any]], int]:
        """Tasks, the most urgent first, and how many there are in all."""
        connection = await driver_connection(self._session)
        parameters = Parameters()
        # Names are of this file, values are parameters.
        matching = (
            "FROM customers.tasks t JOIN customers.customers c ON c.id = t.customer_id "
            f"WHERE {wanted.conditions(parameters)}"
        )
        total: int = await connection.fetchval(
            f"SELECT count(*) {matching}",
            *parameters.values,
        )
        window = f"LIMIT {parameters.place(limit)} OFFSET {parameters.place(offset)}"
        rows = await connection.fetch(
            f"SELECT t.* {matching} ORDER BY t.due_on NULLS LAST, t.id {window}",
            *parameters.values,
        )
        return [dict(row) for row in rows], total

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
