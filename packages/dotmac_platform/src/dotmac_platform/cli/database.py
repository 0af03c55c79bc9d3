"""`dotmac db`: the state of the schema, copies of the data."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from dotmac_core_ops.database import check_models, migration_status
from dotmac_core_ops.embedded import back_up, restore
from dotmac_platform.cli.running import (
    JsonOption,
    YesOption,
    confirm,
    notes,
    print_facts,
    print_json,
    run,
)
from dotmac_platform.runtime import Runtime

app = typer.Typer(help="The database: upgrade, look, back up.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the database up to this version of the program.

    Example: `dotmac db upgrade`
    """

    async def work(runtime: Runtime) -> None:
        status = await migration_status(runtime.url)
        notes.print(f"The database is at {', '.join(status.current)}.")

    run(work, upgrade=True)


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Say which migrations the database has and which the program brings.

    Example: `dotmac db status --json`
    """

    async def work(runtime: Runtime) -> None:
        found = await migration_status(runtime.url)
        facts = {
            "server": await runtime.database.check(),
            "kind": "embedded" if runtime.server else "external",
            "current": list(found.current),
            "heads": list(found.heads),
            "needs_upgrade": found.needs_upgrade,
        }
        if as_json:
            print_json(facts)
        else:
            print_facts(facts)

    run(work)


@app.command()
def check() -> None:
    """Compare the tables with what the program expects.

    Example: `dotmac db check`
    """

    async def work(runtime: Runtime) -> None:
        await check_models(runtime.url)

    run(work)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes; must not exist.")],
) -> None:
    """Write a copy of all data to FILE, consistent while everything goes on.

    Example: `dotmac db backup dotmac.dump`
    """

    async def work(runtime: Runtime) -> None:
        # Row security hides rows from the owner too; the embedded superuser sees all.
        seeing_all = runtime.server.superuser_url if runtime.server else ""
        await asyncio.to_thread(back_up, seeing_all or runtime.url, file)
        notes.print(f"{file}: {file.stat().st_size:,} bytes.")

    run(work)


@app.command(name="restore")
def restore_(
    file: Annotated[Path, typer.Argument(help="A copy made by backup.", exists=True)],
    yes: YesOption = False,
) -> None:
    """Replace all data by the copy in FILE.

    Example: `dotmac db restore dotmac.dump --yes`
    """
    confirm("This replaces everything in the database. Go on?", yes=yes)

    async def work(runtime: Runtime) -> None:
        await asyncio.to_thread(restore, runtime.url, file, replace=True)
        notes.print("Restored.")

    run(work)
