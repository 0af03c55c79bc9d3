from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer, WorkerOptions, create_worker, enqueue
from dotmac_core_events.failure import describe, is_unreachable, retry_delay
from dotmac_core_ops.database import Database
from dotmac_core_ops.errors import NotFoundError
from dotmac_core_ops.module import Handler, Job, JobContext, Module
from dotmac_core_ops.testing import Tenant
from packages.dotmac_core_events.tests.lighthouse import BellRung, note, notes, ring, rows


class KeeperMissingError(NotFoundError):
    code = "KEEPER_MISSING"


@EventConsumer.handle("lighthouse.bell_rung")
async def write_down(event: BellRung, session: AsyncSession) -> None:
    await note(session, "heard", event.strokes)


@EventConsumer.handle("lighthouse.bell_rung")
async def cancels_itself(_: BellRung) -> None:
    raise asyncio.CancelledError


@EventConsumer.handle("lighthouse.bell_rung")
async def never_returns(_: BellRung) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("stubborn", [cancels_itself, never_returns])
async def test_a_stubborn_handler_fails_alone(
    database: Database, tenant: Tenant, stubborn: Handler
) -> None:
    lighthouse = Module("lighthouse", handlers=(write_down, stubborn))
    worker = create_worker(
        (lighthouse,), database, options=WorkerOptions(handler_seconds=0.2, max_attempts=1)
    )
    await ring(database, tenant.id, 1)

    drained = await worker.drain(tenant.id)

    assert drained.failed_events == 1
    assert await notes(database, tenant.id) == [("heard", "1")]
    [row] = await rows(database, tenant.id, "events.outbox")
    assert row.state == "dead"


async def test_a_job_that_cancels_itself_has_failed(database: Database, tenant: Tenant) -> None:
    async def give_up(_: JobContext) -> None:
        raise asyncio.CancelledError

    job = Job(f"lighthouse.{secrets.token_hex(6)}", give_up, max_attempts=1)
    async with database.transaction(tenant.id) as session:
        await enqueue(session, job.name)

    drained = await create_worker((Module("lighthouse", jobs=(job,)),), database).drain(tenant.id)

    assert drained.failed_jobs == 1
    [row] = await rows(database, tenant.id, "events.jobs")
    assert (row.state, row.last_error.split(" in ")[0]) == (
        "dead",
        "JobCancelledError JOB_CANCELLED_ITSELF",
    )


def raised(raiser: Callable[[], object]) -> Exception:
    try:
        raiser()
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is looked at
        return error
    raise AssertionError


def miss() -> None:
    raise KeeperMissingError("Mrs Miller is not there.")


def test_an_error_is_described_without_its_message() -> None:
    described = describe(raised(miss))

    assert described.startswith("KeeperMissingError KEEPER_MISSING in ")
    assert "test_failures:" in described
    assert "Miller" not in described


def test_the_state_of_a_database_error_is_told() -> None:
    error = OperationalError("SELECT 1", {}, asyncpg.DeadlockDetectedError("Mr Miller waits"))

    assert describe(error) == "OperationalError 40P01"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (asyncpg.ConnectionDoesNotExistError("gone"), True),
        (asyncpg.AdminShutdownError("going"), True),
        (asyncpg.InterfaceError("connection is closed"), True),
        (asyncpg.DataError("expected str, got int"), False),
        (asyncpg.UniqueViolationError("twice"), False),
        (asyncpg.QueryCanceledError("too slow"), False),
        (DBAPIError("SELECT 1", {}, asyncpg.CannotConnectNowError("starting")), True),
        (DBAPIError("SELECT 1", {}, asyncpg.CheckViolationError("no")), False),
        (ConnectionRefusedError("the mail server"), False),
    ],
)
def test_what_tells_of_the_connection_is_told_from_what_tells_of_the_work(
    error: Exception, expected: bool
) -> None:
    assert is_unreachable(error) is expected


@given(st.integers(min_value=1, max_value=10_000))
def test_pauses_grow_to_an_hour_and_are_never_half_as_long(attempts: int) -> None:
    longest = min(timedelta(seconds=2) * 2 ** min(attempts - 1, 20), timedelta(hours=1))

    assert longest / 2 <= retry_delay(attempts) <= longest
