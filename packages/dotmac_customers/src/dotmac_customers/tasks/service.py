"""What can be done with tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Channel, Event, EventPublisher, NewMessage, send_messages
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.principal import current_actor
from dotmac_customers.assignment.errors import AssigneeInactiveError
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.tasks.errors import TaskNotFoundError
from dotmac_customers.tasks.events import TaskAdded, TaskCancelled, TaskDone, TaskReopened
from dotmac_customers.tasks.models import CustomerTask
from dotmac_customers.tasks.repository import TaskRepository
from dotmac_customers.tasks.states import TaskState
from dotmac_identity import UserService

_BECOME: dict[TaskState, type[Event]] = {
    TaskState.OPEN: TaskReopened,
    TaskState.DONE: TaskDone,
    TaskState.CANCELLED: TaskCancelled,
}


class TaskService:
    """Tasks of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._tasks = TaskRepository(session)

    async def add(
        self,
        customer_id: UUID,
        *,
        title: str,
        details: str,
        due_on: date | None,
        remind_on: date | None,
        assignee_id: UUID | None,
    ) -> CustomerTask:
        """Make a task. Without `remind_on` its assignee is reminded on the day it is due.

        Raises:
            CustomerNotFoundError, CustomerMergedError, CustomerErasedError: there is none to do
                anything about.
            UserNotFoundError, AssigneeInactiveError: nobody of that id could do it.
        """
        await CustomerService.within(self._session).present(customer_id)
        await self._require_active(assignee_id)
        now = clock_of(self._session).now()
        task = CustomerTask(
            id=new_id(),
            customer_id=customer_id,
            title=title,
            details=details,
            state=TaskState.OPEN,
            due_on=due_on,
            remind_on=remind_on or due_on,
            assignee_id=assignee_id,
            created_by=current_actor().name,
            version=1,
            created_at=now,
            updated_at=now,
        )
        self._tasks.add(task)
        await self._publish(TaskAdded, task)
        await self._record("add", task)
        return task

    async def change(
        self, task_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> CustomerTask:
        """Change what is given; a new day of reminding reminds again.

        Raises:
            TaskNotFoundError: there is none.
            UserNotFoundError, AssigneeInactiveError: nobody of that id could do it.
        """
        task = await self._tasks.by_id(task_id, for_update=True)
        if task is None:
            raise TaskNotFoundError(task_id)
        check(task.version)
        await self._require_active(changes.get("assignee_id"))
        now = clock_of(self._session).now()
        if changes.get("state", task.state) is not task.state:
            task.put(changes["state"], current_actor().name, now)
            await self._publish(_BECOME[task.state], task)
        for field in changes.keys() - {"state"}:
            setattr(task, field, changes[field])
        if "due_on" in changes and "remind_on" not in changes:
            task.remind_on = task.due_on
        if changes.keys() & {"due_on", "remind_on", "assignee_id"}:
            task.reminded_at = None
        task.version += 1
        task.updated_at = now
        await self._record("change", task, changed=sorted(changes))
        return task

    async def by_id(self, task_id: UUID) -> CustomerTask:
        """The task.

        Raises:
            TaskNotFoundError: there is none.
        """
        task = await self._tasks.by_id(task_id)
        if task is None:
            raise TaskNotFoundError(task_id)
        return task

    async def remind(self) -> int:
        """Remind the assignees of what is due, once each; how many tasks there were."""
        now = clock_of(self._session).now()
        due = await self._tasks.to_remind(now.date(), now)
        await send_messages(self._session, [_reminder(task) for task in due])
        return len(due)

    async def _require_active(self, user_id: UUID | None) -> None:
        if user_id is None:
            return
        if not (await UserService.within(self._session).by_id(user_id)).is_active:
            raise AssigneeInactiveError(user_id)

    async def _publish(self, fact: type[Event], task: CustomerTask) -> None:
        about = fact(task_id=task.id, customer_id=task.customer_id)
        await EventPublisher(self._session).publish(about)

    async def _record(self, action: str, task: CustomerTask, **after: object) -> None:
        await record(
            self._session,
            action=f"customers.task_{action}",
            target=("customer_task", task.id),
            after={"customer_id": task.customer_id, "state": task.state, **after},
        )


def _reminder(task: CustomerTask) -> NewMessage:
    due = "" if task.due_on is None else f" It is due on {task.due_on}."
    return NewMessage(
        channel=Channel.IN_APP,
        recipient=str(task.assignee_id),
        subject="A task waits for you",
        text=f"Think of your task about a customer.{due}",
        topic="tasks",
        about=("customer_task", task.id),
    )
