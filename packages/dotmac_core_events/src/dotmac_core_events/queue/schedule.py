"""Enqueuing jobs as their schedules tick."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from dotmac_core_events.queue.cron import check_schedule, latest_tick, next_tick
from dotmac_core_events.queue.models import INSTALLATION, SCHEDULE_KEY
from dotmac_core_events.queue.relay import ScheduleRelay
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import Database
from dotmac_core_ops.logging import get_logger
from dotmac_core_ops.module import Job

_log = get_logger(__name__)


class Scheduler:
    """Enqueues each scheduled job once per tick, however many workers look.

    Of ticks that passed while no worker ran, the latest counts. A job that was never seen before
    starts with its next tick.
    """

    def __init__(self, database: Database, jobs: Iterable[Job], clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._jobs = {job.name: (check_schedule(job.schedule), job) for job in jobs if job.schedule}

    async def tick(self) -> int:
        """Enqueue what has become due since the last look; how many jobs."""
        if not self._jobs:
            return 0
        now = self._clock.now()
        ticks = {name: latest_tick(cron, now) for name, (cron, _) in self._jobs.items()}
        async with self._database.relay() as session:
            relay = ScheduleRelay(session)
            last = await relay.last_ticks(list(ticks))
            unseen = {name: tick for name, tick in ticks.items() if name not in last}
            if unseen:
                await relay.begin(unseen)
            due = [name for name, tick in ticks.items() if last.get(name, tick) < tick]
            return sum([await self._enqueue(relay, name, ticks[name], now) for name in due])

    def pause(self) -> timedelta:
        """How long it is until the next tick of any schedule; an hour at most."""
        now = self._clock.now()
        ticks = [next_tick(cron, now) for cron, _ in self._jobs.values()]
        return min([tick - now for tick in ticks] + [timedelta(hours=1)])

    async def _enqueue(self, relay: ScheduleRelay, name: str, tick: datetime, now: datetime) -> int:
        if not await relay.advance(name, tick):
            return 0
        _, job = self._jobs[name]
        tenants = [INSTALLATION]
        if job.per_tenant:
            tenants = await relay.active_tenants(is_upkeep=job.is_upkeep)
        payload = {"tick": tick.isoformat()}
        count = await relay.enqueue(name, tenants, payload, key=SCHEDULE_KEY, now=now)
        _log.debug("schedule ticked", job=name, enqueued=count)
        return count
