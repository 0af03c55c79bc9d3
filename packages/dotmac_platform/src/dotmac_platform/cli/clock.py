"""`dotmac clock`: time that stands still for a test tenant, and is moved on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from dotmac_core_events import Advanced, TenantClock, TenantClockService, advance
from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    notes,
    parse_day,
    print_facts,
    print_json,
    run,
)
from dotmac_platform.modules import MODULES
from dotmac_platform.runtime import Runtime

app = typer.Typer(help="The test clock of a tenant made with --test.", no_args_is_help=True)

DayOption = Annotated[
    date | None,
    typer.Option(parser=parse_day, metavar="YYYY-MM-DD", help="Midnight (UTC) of that day."),
]


@app.command(name="create")
def create_clock(
    at: DayOption = None, tenant: TenantOption = None, as_json: JsonOption = False
) -> None:
    """Let time stand still, by default at this moment. There is no way back to real time.

    Example: `dotmac clock create --at 2026-01-01 --tenant rehearsal`
    """
    now = None if at is None else datetime.combine(at, time(), UTC)

    async def work(runtime: Runtime) -> TenantClock:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return await TenantClockService(session).freeze(now)

    _tell(run(work), as_json=as_json)


@app.command(name="show")
def show_clock(tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """What time it is for the tenant.

    Example: `dotmac clock show --tenant rehearsal`
    """

    async def work(runtime: Runtime) -> TenantClock:
        tenant_id = await runtime.tenant(tenant)
        async with runtime.database.transaction(tenant_id) as session:
            return await TenantClockService(session).get(tenant_id)

    _tell(run(work), as_json=as_json)


@app.command(name="advance")
def advance_clock(
    to: DayOption = None,
    days: Annotated[int | None, typer.Option(min=1, help="By so many days.")] = None,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move time on, and do on the way all that becomes due: renewals, bills, reminders.

    Example: `dotmac clock advance --to 2027-01-01 --tenant rehearsal`
    """
    if (to is None) == (days is None):
        raise typer.BadParameter("Give either --to or --days.")

    async def work(runtime: Runtime) -> Advanced:
        tenant_id = await runtime.tenant(tenant)
        async with runtime.database.transaction(tenant_id) as session:
            clock = await TenantClockService(session).get(tenant_id)
        until = (
            clock.now + timedelta(days=days or 0)
            if to is None
            else datetime.combine(to, time(), UTC)
        )
        return await advance(
            runtime.database, MODULES, tenant_id, until, lambda at: notes.print(str(at))
        )

    done = run(work)
    if as_json:
        print_json(vars(done))
    else:
        print_facts(
            {
                "Now": str(done.now),
                "Steps": f"{done.steps:,}",
                "Jobs": f"{done.jobs:,}",
                "Events": f"{done.events:,}",
            }
        )


def _tell(clock: TenantClock, *, as_json: bool) -> None:
    if as_json:
        print_json(vars(clock))
    else:
        print_facts({"Now": str(clock.now)})
