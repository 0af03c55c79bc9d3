"""`dotmac bill` and `dotmac billing check`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from dotmac_billing import Failure, Finding, RunProgress, RunResult, check_books, run_billing
from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    console,
    notes,
    parse_day,
    print_facts,
    print_json,
    print_table,
    run,
)
from dotmac_platform.runtime import Runtime

EXIT_FOUND = 3

checks = typer.Typer(help="The books.", no_args_is_help=True)


@checks.callback()
def _group() -> None:
    """Keeps `check` a command of its own while it is the only one."""


ThroughOption = Annotated[
    date | None,
    typer.Option(parser=parse_day, metavar="YYYY-MM-DD", help="Last day to bill. Default: today."),
]
HistoricalOption = Annotated[
    bool | None,
    typer.Option(
        "--historical/--current",
        help="Whether to issue invoices on the days they were due, notifying nobody. "
        "Default: historical when --through lies in the past.",
    ),
]


def bill(
    through: ThroughOption = None,
    historical: HistoricalOption = None,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bill every period of every subscription that is due.

    It may be stopped at any moment and started again; what is billed is never billed twice.

    Example: `dotmac bill --through 2026-10-31`
    """

    async def work(runtime: Runtime) -> RunResult:
        tenant_id = await runtime.tenant(tenant)
        day = through or runtime.database.clock.today()
        with _progress() as show:
            return await run_billing(
                runtime.database, tenant_id, day, historical=historical, on_progress=show
            )

    result = run(work)
    if as_json:
        print_json(
            {
                "through": result.through,
                "historical": result.historical,
                "invoices": result.invoices,
                "totals": result.totals,
                "failures": [_failure(failure) for failure in result.failures],
            }
        )
    else:
        totals = ", ".join(f"{total:,} {code}" for code, total in result.totals.items()) or "0"
        print_facts({"Invoices": f"{result.invoices:,}", "Billed": totals})
        for failure in result.failures:
            notes.print(f"{failure.subscription_id}: {failure.message}", markup=False)
    if result.failures:
        raise typer.Exit(EXIT_FOUND)


def _failure(failure: Failure) -> dict[str, object]:
    return {"subscription_id": failure.subscription_id, "reason": failure.message}


@contextmanager
def _progress() -> Iterator[Callable[[RunProgress], None]]:
    """A bar on standard error that counts invoices while the run goes on."""
    columns = (
        SpinnerColumn(),
        TextColumn("Billing {task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} invoices"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task("", total=None)

        def show(state: RunProgress) -> None:
            progress.update(task, completed=state.invoices, description=f"up to {state.wave}")

        yield show


@checks.command()
def check(tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Prove that the books are right; exit code 3 when something is found.

    Entries balance, receivable equals open invoices minus credit for every customer, numbers run
    without a gap, totals equal their lines.

    Example: `dotmac billing check --tenant acme`
    """

    async def work(runtime: Runtime) -> list[Finding]:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return await check_books(session)

    found = run(work)
    if as_json:
        print_json([vars(finding) for finding in found])
    elif found:
        print_table(
            ("Check", "About", "Problem"),
            [(finding.check, finding.subject, finding.problem) for finding in found],
        )
    else:
        console.print("The books are right.")
    if found:
        raise typer.Exit(EXIT_FOUND)


def add_to(app: typer.Typer) -> None:
    """`bill` at the top, because it is what people do; checks under `billing`."""
    app.command()(bill)
    app.add_typer(checks, name="billing")
