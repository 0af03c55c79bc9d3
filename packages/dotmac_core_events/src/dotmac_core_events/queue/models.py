"""Jobs and the last tick of each schedule."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_events.mapped_base import EventsBase
from dotmac_core_ops.database import Instant, Json, TenantOwned, enum_type

INSTALLATION = UUID(int=0)
"""The tenant id under which the installation's own jobs are kept; no tenant has it."""

SCHEDULE_KEY = "schedule"
"""The key of jobs enqueued by a schedule: while one has not finished, no other joins it."""

_UNFINISHED = sa.text("state IN ('pending', 'running')")


class JobState(Enum):
    """How far a job has come."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class QueuedJob(TenantOwned, EventsBase):
    """Work to be done once. `key` is unique among the unfinished jobs of a name."""

    __tablename__ = "jobs"
    __table_args__ = (
        # Across tenants: the worker takes what is due of all of them.
        sa.Index("ix_jobs_due", "priority", "run_at", postgresql_where=_UNFINISHED),
        sa.Index(
            "uq_jobs_key", "tenant_id", "name", "key", unique=True, postgresql_where=_UNFINISHED
        ),
    )

    name: Mapped[str] = mapped_column(sa.Text())
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    key: Mapped[str | None] = mapped_column(sa.Text())
    priority: Mapped[int] = mapped_column(sa.SmallInteger(), server_default="0")
    request_id: Mapped[str | None] = mapped_column(sa.Text())
    enqueued_at: Mapped[datetime] = mapped_column(Instant)
    # When a worker may take it (again); while it runs, the end of its lease. The epoch: at once.
    run_at: Mapped[datetime] = mapped_column(Instant, server_default="epoch")
    state: Mapped[JobState] = mapped_column(enum_type(JobState), server_default="pending")
    attempts: Mapped[int] = mapped_column(sa.SmallInteger(), server_default="0")
    # How often its worker was lost; apart from `attempts`, because that says nothing about the job.
    losses: Mapped[int] = mapped_column(sa.SmallInteger(), server_default="0")
    claim: Mapped[UUID | None]
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(sa.Text())


class ScheduleTick(EventsBase):
    """The latest tick of a schedule for which jobs were enqueued; of no tenant."""

    __tablename__ = "schedules"

    job: Mapped[str] = mapped_column(sa.Text(), primary_key=True)
    last_tick_at: Mapped[datetime] = mapped_column(Instant)
