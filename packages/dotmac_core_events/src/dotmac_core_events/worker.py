"""The process that delivers events, runs jobs and keeps schedules."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from dotmac_core_events.consumer import deferred_handlers, inline_handlers
from dotmac_core_events.delivery.deliverer import Deliverer
from dotmac_core_events.failure import DATABASE_ERRORS
from dotmac_core_events.queue.relay import ClaimedJob
from dotmac_core_events.queue.runner import JobRunner, Outcome
from dotmac_core_events.queue.schedule import Scheduler
from dotmac_core_events.wakeup import Alarm, Listener
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import Database
from dotmac_core_ops.logging import get_logger
from dotmac_core_ops.module import Job, Module

_TROUBLE_SECONDS = 2.0

_log = get_logger(__name__)


@dataclass(frozen=True)
class WorkerOptions:
    """How a worker works; the defaults suit most installations."""

    batch: int = 500
    """Events taken at once."""
    lease_seconds: float = 60
    """How long events of a lost worker wait before another one takes them."""
    max_attempts: int = 12
    """Failures after which an event is dead; the last attempt comes about two hours in."""
    tenants_at_once: int = 4
    """Tenants whose events are handled side by side."""
    handler_seconds: float = 300
    """How long a handler may take over a batch; then it counts as failed."""
    job_slots: int = 4
    """Jobs run side by side."""
    poll_seconds: float = 1.0
    """The longest pause between two looks."""
    grace_seconds: float = 25
    """How long running jobs may go on after the signal to stop; then they are given back."""


@dataclass(frozen=True)
class Drained:
    """What was done until nothing was due any more."""

    events: int = 0
    failed_events: int = 0
    jobs: int = 0
    failed_jobs: int = 0


class Worker:
    """Delivers events, runs jobs, keeps schedules. Any number of them may run at once.

    All workers of a database are made of the same modules: an event that nobody here handles is
    delivered by that.
    """

    def __init__(
        self, database: Database, modules: Sequence[Module], clock: Clock, options: WorkerOptions
    ) -> None:
        jobs = _by_name(modules)
        self._database = database
        self._options = options
        self._deliverer = Deliverer(
            database,
            deferred_handlers(modules),
            clock,
            batch=options.batch,
            lease_seconds=options.lease_seconds,
            max_attempts=options.max_attempts,
            tenants_at_once=options.tenants_at_once,
            handler_seconds=options.handler_seconds,
        )
        self._runner = JobRunner(database, jobs, clock, tuple(modules))
        self._scheduler = Scheduler(database, jobs, clock)
        self._alarms = {name: Alarm(options.poll_seconds) for name in ("outbox", "jobs")}
        self._stopping = asyncio.Event()

    async def run(self, *, handle_signals: bool = True) -> None:
        """Work until `stop` or, with `handle_signals`, until SIGTERM or SIGINT.

        What was begun is finished first, jobs within the options' grace.
        """
        self._stopping.clear()
        _log.info("worker started")
        listener = asyncio.create_task(Listener(self._database, self._alarms).run())
        with self._signals(handle_signals):
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._deliver_until_stopped())
                    group.create_task(self._run_jobs())
                    group.create_task(self._steadily(self._keep_schedules))
            finally:
                listener.cancel()
                await asyncio.wait([listener])
        _log.info("worker stopped")

    def stop(self) -> None:
        """Have `run` return once what was begun is finished."""
        self._stopping.set()
        for alarm in self._alarms.values():
            alarm.ring()

    async def drain(
        self, tenant_id: UUID | None = None, *, schedules: bool | None = None
    ) -> Drained:
        """Deliver all events and run all jobs that are due, those they bring about included.

        Of all tenants, or of that one. Schedules are looked at first, unless one tenant is meant or
        `schedules` says otherwise. What failed is not due before its pause is over, so this ends.
        """
        if schedules if schedules is not None else tenant_id is None:
            await self._scheduler.tick()
        total = Drained()
        while True:
            round_ = await self._once(tenant_id)
            if round_ == Drained():
                return total
            total = Drained(
                total.events + round_.events,
                total.failed_events + round_.failed_events,
                total.jobs + round_.jobs,
                total.failed_jobs + round_.failed_jobs,
            )

    async def _once(self, tenant_id: UUID | None) -> Drained:
        delivered = await self._deliverer.deliver(tenant_id)
        claimed = await self._runner.claim(self._options.job_slots, tenant_id)
        outcomes = await asyncio.gather(*(self._runner.run(job) for job in claimed))
        done = sum(outcome is Outcome.DONE for outcome in outcomes)
        return Drained(delivered.events, delivered.failed, done, len(outcomes) - done)

    async def _steadily(self, step: Callable[[], Awaitable[None]]) -> None:
        """Repeat `step` until stopping; a database that cannot be reached is waited for."""
        while not self._stopping.is_set():
            try:
                await step()
            except DATABASE_ERRORS:
                _log.exception("worker cannot use the database")
                await self._pause(_TROUBLE_SECONDS)

    async def _deliver_until_stopped(self) -> None:
        await self._steadily(self._deliver_events)
        try:
            await self._deliverer.settle()
        except DATABASE_ERRORS:
            _log.exception("worker cannot use the database")

    async def _deliver_events(self) -> None:
        alarm = self._alarms["outbox"]
        if (await self._deliverer.deliver()).total:
            alarm.found()
        else:
            await alarm.sleep()

    async def _keep_schedules(self) -> None:
        if await self._scheduler.tick():
            self._alarms["jobs"].ring()
        await self._pause(min(self._scheduler.pause().total_seconds(), 60))

    async def _run_jobs(self) -> None:
        running: set[asyncio.Task[None]] = set()
        alarm = self._alarms["jobs"]

        async def claim() -> None:
            free = self._options.job_slots - len(running)
            claimed = await self._runner.claim(free) if free else []
            for job in claimed:
                task = asyncio.create_task(self._run_job(job))
                running.add(task)
                task.add_done_callback(running.discard)
                task.add_done_callback(lambda _: alarm.ring())
            if not claimed:
                await alarm.sleep()

        await self._steadily(claim)
        if running:
            await asyncio.wait(running, timeout=self._options.grace_seconds)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    async def _run_job(self, job: ClaimedJob) -> None:
        try:
            await self._runner.run(job)
        except DATABASE_ERRORS:
            _log.exception("job interrupted", job=job.name, job_id=str(job.id))
            await self._pause(_TROUBLE_SECONDS)
            with suppress(*DATABASE_ERRORS):  # then its lease has to run out
                await self._runner.release(job)

    async def _pause(self, seconds: float) -> None:
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait([stopping], timeout=seconds)
        stopping.cancel()

    @contextmanager
    def _signals(self, handle: bool) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        numbers = (signal.SIGTERM, signal.SIGINT) if handle else ()
        for number in numbers:
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)


def create_worker(
    modules: Sequence[Module],
    database: Database,
    clock: Clock | None = None,
    options: WorkerOptions | None = None,
) -> Worker:
    """A worker made of `modules`; `clock` None means the database's.

    The modules' inline handlers are attached to a database that has none, so that what a handler
    announces is reacted to as it is in a request.

    Raises:
        ValueError: two handlers of an event or two jobs have one name, or a schedule is not a cron
            expression of five fields.
    """
    database.inline_handlers = database.inline_handlers or inline_handlers(modules)
    return Worker(database, modules, clock or database.clock, options or WorkerOptions())


def _by_name(modules: Sequence[Module]) -> list[Job]:
    jobs: dict[str, Job] = {}
    for module in modules:
        for job in module.jobs:
            if job.name in jobs:
                raise ValueError(f"Two jobs are called {job.name!r}.")
            jobs[job.name] = job
    return list(jobs.values())
