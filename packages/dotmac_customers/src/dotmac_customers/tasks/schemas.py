"""HTTP shapes of tasks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.tasks.states import TaskState

Title = Annotated[str, Field(min_length=1, max_length=200, examples=["Call back about the move"])]
Details = Annotated[str, Field(max_length=5000)]


class CustomerTaskIn(RequestModel):
    """Something to be done about a customer."""

    title: Title
    details: Details = ""
    due_on: date | None = None
    remind_on: date | None = Field(None, description="The day it is due, unless given.")
    assignee_id: UUID | None = None


class CustomerTaskChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    title: Title = "-"
    details: Details = ""
    state: TaskState = TaskState.OPEN
    due_on: date | None = None
    remind_on: date | None = None
    assignee_id: UUID | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class CustomerTaskOut(ResponseModel):
    """A task."""

    id: UUID
    customer_id: UUID
    title: str
    details: str
    state: TaskState
    due_on: date | None
    remind_on: date | None
    reminded_at: datetime | None
    assignee_id: UUID | None
    created_by: str
    closed_by: str | None
    closed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
