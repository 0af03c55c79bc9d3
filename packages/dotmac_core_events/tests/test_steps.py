"""At which moments an advancing clock stops, and what it runs there."""

from datetime import UTC, datetime

from dotmac_core_events.test_clocks.steps import steps
from dotmac_core_ops.module import Job, JobContext

START = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)


async def nothing(_: JobContext) -> None:
    """A job's work."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


HOURLY = Job("hourly", nothing, schedule="2 * * * *")
DAILY = Job("daily", nothing, schedule="0 3 * * *")
MONTHLY = Job("monthly", nothing, schedule="30 3 1 * *")
UPKEEP = Job("upkeep", nothing, schedule="0 4 * * *", is_upkeep=True)
ASKED_FOR = Job("asked_for", nothing)


def test_each_tick_of_a_daily_job_is_a_step_and_the_end_is_the_last() -> None:
    found = [
        (step.at, [(job.name, tick) for job, tick in step.jobs])
        for step in steps(
            [DAILY, HOURLY, MONTHLY, UPKEEP, ASKED_FOR], START, at("2026-02-01T12:00")
        )
    ]

    assert found == [
        (
            at("2026-01-31T03:00"),
            [("hourly", at("2026-01-31T02:02")), ("daily", at("2026-01-31T03:00"))],
        ),
        (
            at("2026-02-01T03:00"),
            [("hourly", at("2026-02-01T02:02")), ("daily", at("2026-02-01T03:00"))],
        ),
        (
            at("2026-02-01T03:30"),
            [("hourly", at("2026-02-01T03:02")), ("monthly", at("2026-02-01T03:30"))],
        ),
        (at("2026-02-01T12:00"), [("hourly", at("2026-02-01T11:02"))]),
    ]


def test_a_short_way_may_have_nothing_to_do() -> None:
    found = list(steps([DAILY, HOURLY], START, at("2026-01-30T12:01")))

    assert [(step.at, step.jobs) for step in found] == [(at("2026-01-30T12:01"), [])]
