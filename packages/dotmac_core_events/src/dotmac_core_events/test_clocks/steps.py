"""At which moments jobs run while a test clock is advanced, and which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from dotmac_core_events.queue.cron import latest_tick, next_tick
from dotmac_core_ops.module import Job

_OFTEN = timedelta(days=1)


class Step(NamedTuple):
    """A moment and the jobs that run at it, in their order, each with the tick it runs for."""

    at: datetime
    jobs: list[tuple[Job, datetime]]


def scheduled(jobs: Iterable[Job]) -> list[Job]:
    """The jobs that follow a tenant's time: scheduled for each tenant, and no upkeep."""
    return [job for job in jobs if job.schedule and job.per_tenant and not job.is_upkeep]


def steps(jobs: Iterable[Job], now: datetime, to: datetime) -> Iterator[Step]:
    """The steps after `now` up to and including `to`; the last is `to` itself.

    Every tick of a daily or rarer schedule is a step. What ticks more often runs once at each step,
    for its latest tick, before the others: as it does when no worker ran in between.
    """
    following = scheduled(jobs)
    rare = [job for job in following if _is_rare(job, now)]
    often = [job for job in following if not _is_rare(job, now)]
    before = now
    while before < to:
        ticks = [(next_tick(str(job.schedule), before), job) for job in rare]
        at = min([tick for tick, _ in ticks if tick <= to], default=to)
        due = [
            (job, tick) for job in often if (tick := latest_tick(str(job.schedule), at)) > before
        ]
        due += [(job, tick) for tick, job in ticks if tick == at]
        yield Step(at, due)
        before = at


def _is_rare(job: Job, now: datetime) -> bool:
    first = next_tick(str(job.schedule), now)
    return next_tick(str(job.schedule), first) - first >= _OFTEN
