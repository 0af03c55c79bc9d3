"""What can be done with jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.queue.errors import JobNotDeadError, JobNotFoundError
from dotmac_core_events.queue.models import INSTALLATION, JobState, QueuedJob
from dotmac_core_events.queue.relay import ScheduleRelay
from dotmac_core_events.queue.repository import JobRepository
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, clock_of, new_id
from dotmac_core_ops.module import Job, Module
from dotmac_core_ops.principal import current_actor


async def enqueue(
    session: AsyncSession,
    name: str,
    payload: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    priority: int = 0,
) -> UUID:
    """Have the job of that name run for the session's tenant once this transaction commits; its id.

    `await enqueue(session, "billing.bill_run", {"through": "2026-10-31"}, key="2026-10-31")`

    While a job of the same name and `key` is pending or running, no other is made and the id is
    that one's. `run_at` None means as soon as possible. Lower `priority` runs first; 0 is usual.
    """
    jobs = JobRepository(session)
    while True:
        added = await jobs.add(
            new_id(),
            name,
            dict(payload or {}),
            key=key,
            priority=priority,
            request_id=current_actor().request_id,
            enqueued_at=clock_of(session).now(),
            run_at=run_at,
        )
        # None twice means that the job with this key finished in between; then there is room again.
        found = added or await jobs.unfinished(name, key or "")
        if found is not None:
            return found


@dataclass(frozen=True)
class JobView:
    """A job as it stands in the queue; `state` is pending, running, done or dead."""

    id: UUID
    name: str
    payload: dict[str, Any]
    state: str
    priority: int
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    last_error: str | None


class JobService:
    """Looks at the tenant's jobs, runs one now, retries one that was given up."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._jobs = JobRepository(session)

    async def get(self, job_id: UUID) -> JobView:
        """The job of that id.

        Raises:
            JobNotFoundError: there is none.
        """
        return _view(await self._known(job_id))

    async def page(
        self, *, state: JobState | None, name: str | None, offset: int, limit: int
    ) -> tuple[list[JobView], int]:
        """Jobs that match, newest first, and how many match in all."""
        jobs, total = await self._jobs.page(state=state, name=name, offset=offset, limit=limit)
        return [_view(job) for job in jobs], total

    async def retry(self, job_id: UUID) -> JobView:
        """Have a dead job run again, with all its attempts.

        Raises:
            JobNotFoundError: there is none.
            JobNotDeadError: it was not given up.
        """
        job = await self._known(job_id)
        if not await self._jobs.revive(job_id):
            raise JobNotDeadError(job_id, job.state.value)
        await record(self._session, action="jobs.retried", target=("job", job_id))
        await self._session.refresh(job)
        return _view(job)

    async def run(self, job: Job, payload: Mapping[str, Any], key: str | None) -> UUID:
        """Have `job` run for the session's tenant as soon as possible; the queued job's id."""
        job_id = await enqueue(self._session, job.name, payload, key=key)
        await record(self._session, action="jobs.run", target=("job", job_id))
        return job_id

    async def _known(self, job_id: UUID) -> QueuedJob:
        job = await self._jobs.get(job_id)
        if job is None:
            raise JobNotFoundError(job_id)
        return job


async def run_everywhere(database: Database, job: Job, payload: Mapping[str, Any]) -> int:
    """Have `job` run for every active tenant, or once if it is the installation's; how many runs.

    Where a run asked for this way has not finished, no other joins it.
    """
    async with database.relay() as session:
        relay = ScheduleRelay(session)
        tenants = [INSTALLATION]
        if job.per_tenant:
            tenants = await relay.active_tenants(is_upkeep=job.is_upkeep)
        now = clock_of(session).now()
        return await relay.enqueue(job.name, tenants, payload, key="everywhere", now=now)


def job_named(modules: Iterable[Module], name: str) -> Job:
    """The modules' job of that name.

    Raises:
        JobNotFoundError: there is none.
    """
    for module in modules:
        for job in module.jobs:
            if job.name == name:
                return job
    raise JobNotFoundError(name)


def _view(job: QueuedJob) -> JobView:
    return JobView(
        id=job.id,
        name=job.name,
        payload=job.payload,
        state=job.state.value,
        priority=job.priority,
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        attempts=job.attempts,
        last_error=job.last_error,
    )
