"""Facts about tasks; none says what is to be done."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class _OfTask(Event):
    task_id: UUID
    customer_id: UUID


class TaskAdded(_OfTask):
    """There is something to be done about the customer."""

    name: ClassVar[str] = "customers.task_added"


class TaskDone(_OfTask):
    """What was to be done is done."""

    name: ClassVar[str] = "customers.task_done"


class TaskCancelled(_OfTask):
    """What was to be done is not done any more."""

    name: ClassVar[str] = "customers.task_cancelled"


class TaskReopened(_OfTask):
    """What was done or cancelled is to be done again."""

    name: ClassVar[str] = "customers.task_reopened"
