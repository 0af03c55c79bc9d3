"""`dotmac import`: bringing data in from files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    notes,
    parse_day,
    print_facts,
    print_json,
    run,
)
from dotmac_platform.imports import ImportResult, SubscriberImport, load_mapping
from dotmac_platform.runtime import Runtime

app = typer.Typer(help="Bring data in from files.", no_args_is_help=True)
_MOST_REASONS = 20


@app.callback()
def _group() -> None:
    """Keeps `subscribers` a command of its own while it is the only one."""


@app.command()
def subscribers(
    file: Annotated[Path, typer.Argument(help="CSV with one subscriber a row; any size.")],
    mapping: Annotated[Path, typer.Option(help="TOML that says what the columns mean.")],
    as_of: Annotated[
        date, typer.Option(parser=parse_day, metavar="YYYY-MM-DD", help="The day FILE describes.")
    ],
    rejects: Annotated[
        Path | None, typer.Option(help="Where bad rows go. Default: FILE.rejects.csv")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen; write nothing.")] = False,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import customers with their subscriptions and past payments.

    Good rows go in; bad rows are written to a rejects file with line, column and reason, to be
    mended and imported again. Importing the same file twice changes nothing.

    Example: `dotmac import subscribers telco.csv --mapping examples/telco.toml --as-of 2026-11-01`
    """
    rules = load_mapping(mapping)

    async def work(runtime: Runtime) -> ImportResult:
        tenant_id = await runtime.tenant(tenant)
        job = SubscriberImport(runtime.database, tenant_id, rules, as_of=as_of)
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,} rows"),
            console=notes,
            transient=True,
        ) as progress:
            task = progress.add_task("Importing", total=None)
            return await job.run(
                file,
                rejects=rejects or file.with_name(file.name + ".rejects.csv"),
                dry_run=dry_run,
                on_progress=lambda result: progress.update(task, completed=result.rows),
            )

    result = run(work)
    if as_json:
        print_json(vars(result) | {"reasons": dict(result.reasons)})
    else:
        _tell(result)


def _tell(result: ImportResult) -> None:
    facts: dict[str, object] = {
        "Rows read": f"{result.rows:,}",
        "New customers": f"{result.customers:,}",
        "Known already": f"{result.known:,}",
        "Rejected": f"{result.rejected:,}",
        "Subscription items": f"{result.items:,}",
        "Subscriptions that ended": f"{result.ended:,}",
        "Past payments": f"{result.payments:,} ({result.paid:,})",
    }
    print_facts(facts, "Nothing was written; this would happen:" if result.dry_run else "Imported")
    for reason, count in result.reasons.most_common(_MOST_REASONS):
        notes.print(f"  {count:>6,} times {reason}", markup=False, highlight=False)
    if result.rejects_file:
        notes.print(f"Mend {result.rejects_file} and import it again.", markup=False)
