"""`dotmac events`: what was announced, and what could not be delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from dotmac_core_events import AnnouncedEvent, dead_letters, drop, replay, tail
from dotmac_core_ops.http import dump_json
from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    YesOption,
    confirm,
    notes,
    print_json,
    print_table,
    run,
)
from dotmac_platform.runtime import Runtime

app = typer.Typer(help="Events: look, deliver again, drop.", no_args_is_help=True)

_MOST = 1000
_PAUSE_SECONDS = 1.0

LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, max=_MOST, help="How many.")]
EventIds = Annotated[list[UUID] | None, typer.Argument(help="Ids of events; none means all.")]


@app.command(name="tail")
def tail_events(
    limit: LimitOption = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the latest events, oldest first; with --json one object a line.

    Example: `dotmac events tail --follow --tenant acme`
    """

    async def work(runtime: Runtime) -> None:
        tenant_id = await runtime.tenant(tenant)
        found = await tail(runtime.database, tenant_id, limit=limit)
        _print(found, as_json=as_json)
        last = found[-1].id if found else None
        while follow:
            await asyncio.sleep(_PAUSE_SECONDS)
            found = await tail(runtime.database, tenant_id, after=last, limit=_MOST)
            if found:
                _print(found, as_json=as_json)
                last = found[-1].id

    run(work)


@app.command()
def dead(limit: LimitOption = 50, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Print the events whose delivery was given up, and why.

    Example: `dotmac events dead --json`
    """

    async def work(runtime: Runtime) -> list[AnnouncedEvent]:
        return await dead_letters(runtime.database, await runtime.tenant(tenant), limit=limit)

    found = run(work)
    if as_json:
        print_json([_fields(event) for event in found])
        return
    print_table(
        ("Id", "Event", "Attempts", "Why"),
        [(str(event.id), event.name, event.attempts, event.last_error or "") for event in found],
    )


@app.command(name="replay")
def replay_events(ids: EventIds = None, tenant: TenantOption = None) -> None:
    """Deliver dead events again, to the handlers that do not have them yet.

    Example: `dotmac events replay --tenant acme`
    """

    async def work(runtime: Runtime) -> int:
        return await replay(runtime.database, await runtime.tenant(tenant), ids or None)

    notes.print(f"{run(work):,} will be delivered again.")


@app.command(name="drop")
def drop_events(ids: EventIds = None, tenant: TenantOption = None, yes: YesOption = False) -> None:
    """Remove dead events for good.

    Example: `dotmac events drop 0191e0c2-7b4e-7c51-9b3a-2f6d1c0a5e77 --yes`
    """
    confirm("They will never be delivered. Go on?", yes=yes)

    async def work(runtime: Runtime) -> int:
        return await drop(runtime.database, await runtime.tenant(tenant), ids or None)

    notes.print(f"{run(work):,} dropped.")


def _print(events: Sequence[AnnouncedEvent], *, as_json: bool) -> None:
    for event in events:
        if as_json:
            print(dump_json(_fields(event)).decode(), flush=True)
        else:
            print(f"{event.occurred_at:%Y-%m-%d %H:%M:%S} {event.state:9} {event.name} {event.id}")


def _fields(event: AnnouncedEvent) -> dict[str, object]:
    return {
        "id": event.id,
        "name": event.name,
        "occurred_at": event.occurred_at,
        "state": event.state,
        "attempts": event.attempts,
        "last_error": event.last_error,
        "payload": event.payload,
    }
