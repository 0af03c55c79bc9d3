"""Running jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import Enum
from time import perf_counter
from uuid import UUID

from dotmac_core_events.cause import caused_by
from dotmac_core_events.failure import (
    MAX_LOSSES,
    WorkerLostError,
    describe,
    is_unreachable,
    retry_delay,
)
from dotmac_core_events.lease import kept_alive
from dotmac_core_events.queue.errors import JobCancelledError, LeaseLostError
from dotmac_core_events.queue.models import INSTALLATION
from dotmac_core_events.queue.relay import ClaimedJob, JobRelay
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import Database
from dotmac_core_ops.logging import get_logger, log_context
from dotmac_core_ops.metrics import job_duration, jobs_finished
from dotmac_core_ops.module import Job, JobContext, Module
from dotmac_core_ops.principal import Actor, acting_as

_log = get_logger(__name__)


class Outcome(Enum):
    """How a run of a job ended."""

    DONE = "done"
    RETRIED = "retried"
    DEAD = "dead"
    LOST = "lost"  # another worker has it now


class JobRunner:
    """Takes due jobs and runs them."""

    def __init__(
        self,
        database: Database,
        jobs: Iterable[Job],
        clock: Clock,
        modules: tuple[Module, ...] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._modules = modules
        self._jobs: Mapping[str, Job] = {job.name: job for job in jobs}
        self._leases = {
            name: timedelta(seconds=job.lease_seconds) for name, job in self._jobs.items()
        }

    async def claim(self, limit: int, tenant_id: UUID | None = None) -> list[ClaimedJob]:
        """Up to `limit` due jobs, of all tenants or of that one; they must now be run."""
        if not self._jobs:
            return []
        async with self._database.relay() as session:
            return await JobRelay(session).claim(
                self._leases, limit=limit, now=self._clock.now(), tenant_id=tenant_id
            )

    async def run(self, claimed: ClaimedJob) -> Outcome:
        """Run it to its end and write that down. When cancelled, it is given back.

        Raises:
            DBAPIError: the database cannot be reached; unless released, the job is begun again
                after its lease.
        """
        started = perf_counter()
        try:
            error = await self._attempt(claimed)
        except asyncio.CancelledError:
            await self.release(claimed)
            raise
        outcome = await self._end(claimed, error)
        job_duration.labels(claimed.name).observe(perf_counter() - started)
        jobs_finished.labels(claimed.name, outcome.value).inc()
        return outcome

    async def release(self, claimed: ClaimedJob) -> None:
        """Give it back; whoever is free may take it at once."""
        async with self._database.relay() as session:
            await JobRelay(session).release(claimed, self._clock.now())

    async def _attempt(self, claimed: ClaimedJob) -> BaseException | None:
        if claimed.losses >= MAX_LOSSES:
            return WorkerLostError(claimed.losses)
        job = self._jobs[claimed.name]
        tenant_id = None if claimed.tenant_id == INSTALLATION else claimed.tenant_id
        clock = self._clock
        if tenant_id is not None and not job.is_upkeep:
            own = await self._database.tenant_clock(tenant_id)
            clock = clock if own is self._database.clock else own
        context = JobContext(
            database=self._database,
            clock=clock,
            payload=claimed.payload,
            tenant_id=tenant_id,
            attempt=claimed.attempts + 1,
            extend_lease=lambda: self._extend(claimed),
            job_id=claimed.id,
            modules=self._modules,
        )
        actor = Actor(f"system:{job.name}", "system", claimed.request_id)
        ids = {"job": job.name, "job_id": claimed.id, "tenant_id": claimed.tenant_id}
        with acting_as(actor), caused_by(claimed.id), log_context(**ids):
            try:
                await self._kept(job, context, claimed)
            except Exception as error:
                if is_unreachable(error):
                    raise
                _log.warning("job failed", attempt=context.attempt, exc_info=True)
                return error
        return None

    async def _kept(self, job: Job, context: JobContext, claimed: ClaimedJob) -> None:
        """Run it as long as it is ours: what another worker has begun again, is stopped here."""
        work = asyncio.ensure_future(job.run(context))
        is_lost = False

        async def extend() -> None:
            nonlocal is_lost
            try:
                await self._extend(claimed)
            except LeaseLostError:
                is_lost = True
                work.cancel()

        try:
            async with kept_alive(extend, job.lease_seconds):
                await asyncio.wait([work])
        finally:
            if not work.done():
                work.cancel()
                await asyncio.wait([work])
        if work.cancelled():
            raise LeaseLostError(claimed.id) if is_lost else JobCancelledError(claimed.id)
        await work

    async def _extend(self, claimed: ClaimedJob) -> None:
        until = self._clock.now() + self._leases[claimed.name]
        async with self._database.relay() as session:
            if not await JobRelay(session).extend(claimed, until):
                raise LeaseLostError(claimed.id)

    async def _end(self, claimed: ClaimedJob, error: BaseException | None) -> Outcome:
        now = self._clock.now()
        attempts = claimed.attempts + 1
        async with self._database.relay() as session:
            relay = JobRelay(session)
            if error is None:
                known, outcome = await relay.done(claimed, now), Outcome.DONE
            elif attempts >= self._jobs[claimed.name].max_attempts or isinstance(
                error, WorkerLostError
            ):
                known, outcome = await relay.give_up(claimed, describe(error), now), Outcome.DEAD
            else:
                at = now + retry_delay(attempts)
                known, outcome = await relay.retry(claimed, describe(error), at), Outcome.RETRIED
        if outcome is Outcome.DEAD:
            _log.error("job is dead", job=claimed.name, job_id=str(claimed.id))
        return outcome if known else Outcome.LOST
