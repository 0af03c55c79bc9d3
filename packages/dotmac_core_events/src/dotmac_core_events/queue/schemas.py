"""The HTTP shapes of jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class JobOut(ResponseModel):
    """A job in the queue and how it ended."""

    id: UUID
    name: str = Field(examples=["billing.bill_run"])
    payload: dict[str, Any]
    state: str = Field(description="`pending`, `running`, `done` or `dead`.", examples=["done"])
    priority: int = Field(description="Lower runs first; 0 is usual.")
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int = Field(description="Runs that ended, well or not.")
    last_error: str | None = Field(description="What failed last, and where.")


class RunJob(RequestModel):
    """How a job is to be run now."""

    payload: dict[str, Any] = Field(default_factory=dict, description="What the job works with.")
    key: str | None = Field(
        default=None,
        max_length=200,
        description="While a job of this name and key is unfinished, no other is made.",
    )
    all_tenants: bool = Field(
        default=False,
        description="Run it for every active tenant; takes the installation's own key.",
    )


class JobStarted(ResponseModel):
    """What was put into the queue."""

    count: int = Field(description="Jobs put into the queue.")
    job_id: UUID | None = Field(description="The job's id, where it is one of this tenant.")
