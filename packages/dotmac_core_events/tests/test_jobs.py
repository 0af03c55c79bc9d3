from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from dotmac_core_events import Drained, Worker, create_worker, enqueue, first_time
from dotmac_core_events.queue.models import INSTALLATION
from dotmac_core_events.queue.runner import JobRunner, Outcome
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Job, JobContext, Module
from dotmac_core_ops.principal import current_actor
from dotmac_core_ops.testing import Tenant
from packages.dotmac_core_events.tests.lighthouse import note, notes, rows

Run = Callable[[JobContext], Awaitable[None]]


def worker(database: Database, *jobs: Job) -> Worker:
    return create_worker((Module("lighthouse", jobs=jobs),), database)


def job(run: Run, *, schedule: str | None = None, per_tenant: bool = True) -> Job:
    """A job under a name that no other test has, since schedules are the installation's."""
    name = f"lighthouse.{secrets.token_hex(6)}"
    return Job(name, run, schedule=schedule, per_tenant=per_tenant, max_attempts=3)


async def write_down(context: JobContext) -> None:
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await note(session, "ran", context.payload.get("what", ""))


async def test_a_job_runs_once_after_the_transaction(database: Database, tenant: Tenant) -> None:
    clean = job(write_down)
    working = worker(database, clean)

    async with database.transaction(tenant.id) as session:
        await enqueue(session, clean.name, {"what": "lens"})
        before_commit = await working.drain(tenant.id)
    after_commit = await working.drain(tenant.id)

    assert before_commit == Drained()
    assert after_commit == Drained(jobs=1)
    assert await working.drain(tenant.id) == Drained()
    assert await notes(database, tenant.id) == [("ran", "lens")]


async def test_a_key_is_unique_while_its_job_is_unfinished(
    database: Database, tenant: Tenant
) -> None:
    clean = job(write_down)
    async with database.transaction(tenant.id) as session:
        first = await enqueue(session, clean.name, {"what": "a"}, key="lens")
        again = await enqueue(session, clean.name, {"what": "b"}, key="lens")
        other = await enqueue(session, clean.name, {"what": "c"}, key="mirror")
        keyless = {await enqueue(session, clean.name, {"what": "d"}) for _ in range(2)}
    await worker(database, clean).drain(tenant.id)
    async with database.transaction(tenant.id) as session:
        later = await enqueue(session, clean.name, key="lens")

    assert first == again
    assert len({first, other, later, *keyless}) == 5


async def test_jobs_run_by_priority_and_not_before_their_time(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    clean = job(write_down)
    runner = JobRunner(database, [clean], clock)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, clean.name, {"what": "usual"})
        await enqueue(session, clean.name, {"what": "urgent"}, priority=-1)
        await enqueue(
            session, clean.name, {"what": "later"}, run_at=clock.now() + timedelta(days=1)
        )

    taken = [job.payload["what"] for _ in range(3) for job in await runner.claim(1, tenant.id)]

    assert taken == ["urgent", "usual"]
    clock.advance(days=1)
    due = {claimed.payload["what"] for claimed in await runner.claim(10, tenant.id)}
    assert due == {"urgent", "usual", "later"}  # the leases are over: whoever had them is gone


async def test_a_failed_job_is_tried_again_and_then_given_up(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    attempts: list[int] = []

    async def fail(context: JobContext) -> None:
        attempts.append(context.attempt)
        raise ZeroDivisionError

    failing = job(fail)
    working = worker(database, failing)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, failing.name)
    for _ in range(5):
        await working.drain(tenant.id)
        await working.drain(tenant.id)  # not due yet
        clock.advance(hours=1)

    [row] = await rows(database, tenant.id, "events.jobs")
    assert attempts == [1, 2, 3]
    assert (row.state, row.attempts) == ("dead", 3)
    assert row.last_error.startswith("ZeroDivisionError in ")


async def test_a_job_knows_for_whom_and_why_it_runs(database: Database, tenant: Tenant) -> None:
    seen: list[tuple[object, ...]] = []

    async def look(context: JobContext) -> None:
        seen.append((context.tenant_id, context.job_id, current_actor().name))

    looking = job(look)
    async with database.transaction(tenant.id) as session:
        job_id = await enqueue(session, looking.name)
    await worker(database, looking).drain(tenant.id)

    assert seen == [(tenant.id, job_id, f"system:{looking.name}")]


async def test_a_job_of_a_lost_worker_is_begun_again_and_its_steps_are_not(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    async def twice_begun(context: JobContext) -> None:
        for step in ("first", "second"):
            async with context.database.transaction(tenant.id) as session:
                if await first_time(session, context, step):
                    await note(session, step)
            if context.attempt == 1 and step == "first" and not is_second_run:
                raise asyncio.CancelledError  # as if the process ended here

    is_second_run = False
    stepwise = job(twice_begun)
    runner = JobRunner(database, [stepwise], clock)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, stepwise.name)
    [claimed] = await runner.claim(1, tenant.id)
    await runner.run(claimed)
    clock.advance(hours=1)
    is_second_run = True

    [again] = await runner.claim(1, tenant.id)
    outcome = await runner.run(again)

    assert outcome is Outcome.DONE
    assert await notes(database, tenant.id) == [("first", ""), ("second", "")]


async def test_who_lost_the_lease_does_not_decide_about_the_job(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    clean = job(write_down)
    runner = JobRunner(database, [clean], clock)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, clean.name)
    [slow] = await runner.claim(1, tenant.id)
    clock.advance(hours=1)
    [quick] = await runner.claim(1, tenant.id)

    assert await runner.run(slow) is Outcome.LOST
    assert [row.state for row in await rows(database, tenant.id, "events.jobs")] == ["running"]
    assert await runner.run(quick) is Outcome.DONE


async def test_a_job_that_is_stopped_is_given_back_at_once(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    begun = asyncio.Event()

    async def wait(_: JobContext) -> None:
        begun.set()
        await asyncio.Event().wait()

    waiting = job(wait)
    runner = JobRunner(database, [waiting], clock)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, waiting.name)
    [claimed] = await runner.claim(1, tenant.id)
    running = asyncio.create_task(runner.run(claimed))
    await begun.wait()
    running.cancel()
    await asyncio.wait([running])

    [again] = await runner.claim(1, tenant.id)
    assert (again.id, again.attempts) == (claimed.id, 0)


async def test_a_tick_is_enqueued_once_for_each_tenant_across_workers(
    database: Database, tenant: Tenant, second_tenant: Tenant, clock: FrozenClock
) -> None:
    nightly = job(write_down, schedule="0 3 * * *")
    workers = [worker(database, nightly) for _ in range(3)]
    await workers[0].drain(schedules=True)
    before = await rows(database, tenant.id, "events.jobs")

    clock.move_to(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
    await asyncio.gather(*(one._scheduler.tick() for one in workers))

    assert before == []
    for owner in (tenant, second_tenant):
        [row] = await rows(database, owner.id, "events.jobs")
        assert row.payload == {"tick": "2026-11-21T03:00:00+00:00"}


async def test_of_missed_ticks_the_latest_runs(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    hourly = job(write_down, schedule="15 * * * *")
    working = worker(database, hourly)
    await working.drain(schedules=True)
    clock.advance(days=3)

    await working.drain(schedules=True)

    assert [row.payload for row in await rows(database, tenant.id, "events.jobs")] == [
        {"tick": "2026-11-23T11:15:00+00:00"}
    ]
    assert len(await notes(database, tenant.id)) == 1


async def test_a_job_of_the_installation_has_no_tenant(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    seen: list[object] = []

    async def look(context: JobContext) -> None:
        seen.append(context.tenant_id)

    cleaning = job(look, schedule="* * * * *", per_tenant=False)
    working = worker(database, cleaning)
    await working.drain(INSTALLATION, schedules=True)
    clock.advance(minutes=1)

    await working.drain(INSTALLATION, schedules=True)

    assert seen == [None]
    assert await rows(database, tenant.id, "events.jobs") == []


async def test_an_inactive_tenant_is_not_scheduled(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    nightly = job(write_down, schedule="0 3 * * *")
    working = worker(database, nightly)
    await working._scheduler.tick()
    async with database.transaction(tenant.id) as session:
        await session.execute(sa.text("UPDATE core.tenants SET is_active = false"))
    clock.advance(days=1)

    await working._scheduler.tick()

    assert await rows(database, tenant.id, "events.jobs") == []


@pytest.mark.parametrize("schedule", ["0 3 * *", "61 * * * *", "* * * * * *", "@daily"])
def test_a_schedule_that_is_no_cron_expression_is_refused(
    database: Database, schedule: str
) -> None:
    with pytest.raises(ValueError, match="cron expression"):
        worker(database, job(write_down, schedule=schedule))


def test_two_jobs_of_one_name_are_refused(database: Database) -> None:
    clean = job(write_down)

    with pytest.raises(ValueError, match="Two jobs"):
        worker(database, clean, clean)
