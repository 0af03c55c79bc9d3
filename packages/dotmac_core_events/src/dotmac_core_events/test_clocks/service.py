"""What can be done with a test clock: stop time, and move it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.test_clocks.errors import (
    TenantClockBackwardsError,
    TenantClockBusyError,
    TenantClockExistsError,
    TenantClockNotFoundError,
    TenantClockTooFarError,
    TenantNotForTestsError,
)
from dotmac_core_events.test_clocks.repository import TenantClockRepository, try_hold
from dotmac_core_events.test_clocks.steps import Step, steps
from dotmac_core_events.worker import create_worker
from dotmac_core_ops.audit import record
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, clock_of, tenant_of
from dotmac_core_ops.module import JobContext, Module

FURTHEST = timedelta(days=731)


@dataclass(frozen=True)
class TenantClock:
    """The time of a tenant; the id is the tenant's, which has one clock at most."""

    id: UUID
    now: datetime


@dataclass(frozen=True)
class Advanced:
    """Where a clock stands, and what happened on the way: steps, runs of jobs, events delivered."""

    id: UUID
    now: datetime
    steps: int
    jobs: int
    events: int


OnStep = Callable[[datetime], None]


class TenantClockService:
    """The clock of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clocks = TenantClockRepository(session)

    async def freeze(self, now: datetime | None = None) -> TenantClock:
        """Let time stand still at `now`, by default at this moment; from then on it is moved.

        Raises:
            TenantNotForTestsError: the tenant was not made for tests.
            TenantClockExistsError: its time stands still.
        """
        row = await self._clocks.find()
        if row is None or not row["is_test"]:
            raise TenantNotForTestsError
        if row["test_now"] is not None:
            raise TenantClockExistsError(row["test_now"])
        now = now or clock_of(self._session).now()
        await self._clocks.move(now)
        await record(
            self._session,
            action="test_clocks.freeze",
            target=("test_clock", row["id"]),
            after={"now": now.isoformat()},
        )
        return TenantClock(row["id"], now)

    async def find(self) -> TenantClock | None:
        """The tenant's clock, if it has one."""
        row = await self._clocks.find()
        if row is None or row["test_now"] is None:
            return None
        return TenantClock(row["id"], row["test_now"])

    async def get(self, clock_id: UUID) -> TenantClock:
        """The clock of that id.

        Raises:
            TenantClockNotFoundError: it is none of this tenant's.
        """
        clock = await self.find()
        if clock is None or clock.id != clock_id:
            raise TenantClockNotFoundError(clock_id)
        return clock


async def advance(
    database: Database,
    modules: Sequence[Module],
    tenant_id: UUID,
    to: datetime,
    on_step: OnStep | None = None,
) -> Advanced:
    """Move a tenant's time on to `to`, and do on the way all that becomes due, in order.

    At each step the scheduled jobs run, then everything that was announced or enqueued. The time
    that everybody else sees moves with each finished step, so that what is interrupted goes on from
    the last one when it is asked for again.

    Raises:
        TenantClockNotFoundError: the tenant has none.
        TenantClockBackwardsError: `to` is not after its time.
        TenantClockTooFarError: `to` is more than two years ahead.
        TenantClockBusyError: somebody else is advancing it.
    """
    holder = await database.connect_raw("dotmac_app")
    try:
        if not await try_hold(holder, tenant_id):
            raise TenantClockBusyError
        now = await _reachable(database, tenant_id, to)
        return await _advance(database, modules, tenant_id, (now, to), on_step)
    finally:
        await holder.close()


async def _reachable(database: Database, tenant_id: UUID, to: datetime) -> datetime:
    async with database.transaction(tenant_id) as session:
        clock = await TenantClockService(session).find()
        if clock is None:
            raise TenantClockNotFoundError(tenant_id)
        if to <= clock.now:
            raise TenantClockBackwardsError(clock.now, to)
        if to > clock.now + FURTHEST:
            raise TenantClockTooFarError(clock.now + FURTHEST)
        await record(
            session,
            action="test_clocks.advance",
            target=("test_clock", tenant_of(session)),
            before={"now": clock.now.isoformat()},
            after={"now": to.isoformat()},
        )
        return clock.now


async def _advance(
    database: Database,
    modules: Sequence[Module],
    tenant_id: UUID,
    span: tuple[datetime, datetime],
    on_step: OnStep | None,
) -> Advanced:
    now, to = span
    clock = FrozenClock(now)
    then = database.at(clock)
    worker = create_worker(modules, then)
    jobs = [job for module in modules for job in module.jobs]
    taken = ran = delivered = 0
    for step in steps(jobs, now, to):
        clock.move_to(step.at)
        await _run(then, tenant_id, step)
        drained = await worker.drain(tenant_id)
        async with database.transaction(tenant_id) as session:
            await TenantClockRepository(session).move(step.at)
        taken, ran = taken + 1, ran + len(step.jobs) + drained.jobs
        delivered += drained.events
        if on_step is not None:
            on_step(step.at)
    return Advanced(tenant_id, to, taken, ran, delivered)


async def _run(then: Database, tenant_id: UUID, step: Step) -> None:
    for job, tick in step.jobs:
        await job.run(
            JobContext(
                database=then,
                clock=then.clock,
                payload={"tick": tick.isoformat()},
                tenant_id=tenant_id,
                attempt=1,
                extend_lease=_nothing,
            )
        )


async def _nothing() -> None:
    """Nobody else could take the job over, so that there is no lease to extend."""
