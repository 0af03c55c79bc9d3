"""Workers in processes of their own, to be killed: `python worker_program.py URL`.

For each line it reads it starts a worker, by a fork: importing everything anew takes seconds.
The worker prints a line at many points of its work, so that who kills it can choose the instant.
"""

from __future__ import annotations

import asyncio
import os
import sys

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer, WorkerOptions, create_worker, first_time
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Job, JobContext, Module
from packages.dotmac_core_events.tests.lighthouse import BellRung, note


def say(what: str) -> None:
    print(what, flush=True)  # noqa: T201 - the killer listens


@EventConsumer.handle("lighthouse.bell_rung", name="heard")
async def hear(event: BellRung, session: AsyncSession) -> None:
    say("event")
    await note(session, "heard", event.strokes)
    say("effect")


@EventConsumer.handle("lighthouse.bell_rung", name="echoed", batch=True)
async def echo(events: list[BellRung], session: AsyncSession) -> None:
    for event in events:
        await note(session, "echoed", event.strokes)
    say("batch")


async def polish(context: JobContext) -> None:
    assert context.tenant_id is not None
    say("job")
    async with context.database.transaction(context.tenant_id) as session:
        if await first_time(session, context):
            await note(session, "polished", context.payload["lamp"])
    say("step")


LIGHTHOUSE = Module(
    "lighthouse",
    handlers=(hear, echo),
    jobs=(Job("lighthouse.polish", polish, lease_seconds=1),),
)


async def main(url: str) -> None:
    database = Database(url)
    options = WorkerOptions(batch=20, lease_seconds=0.5, poll_seconds=0.1)
    say(f"ready {os.getpid()}")
    await create_worker((LIGHTHOUSE,), database, options=options).run()
    await database.close()


if __name__ == "__main__":
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(main(sys.argv[1]))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")
