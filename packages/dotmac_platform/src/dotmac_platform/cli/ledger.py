"""`dotmac ledger`: the books as reports and as a journal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    Ageing,
    DeferredRevenue,
    JournalFormat,
    TrialBalance,
    ageing_csv,
    books_today,
    close_books,
    deferred_csv,
    deferred_report,
    export_journal,
    receivables_ageing,
    trial_balance,
    trial_balance_csv,
)
from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    console,
    parse_day,
    print_json,
    print_table,
    run,
)
from dotmac_platform.runtime import Runtime

T = TypeVar("T")
R = TypeVar("R", TrialBalance, Ageing, DeferredRevenue)

app = typer.Typer(help="The books.", no_args_is_help=True)

FromOption = Annotated[
    date | None,
    typer.Option("--from", parser=parse_day, metavar="YYYY-MM-DD", help="First day."),
]
ToOption = Annotated[
    date | None,
    typer.Option("--to", parser=parse_day, metavar="YYYY-MM-DD", help="Last day. Default: today."),
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")]


@app.command(name="trial-balance")
def show_trial_balance(
    *,
    from_on: FromOption = None,
    to_on: ToOption = None,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    tenant: TenantOption = None,
) -> None:
    """What stood on each account, what moved and what stands there now.

    Example: `dotmac ledger trial-balance --from 2026-10-01 --to 2026-10-31`
    """

    async def read(session: AsyncSession) -> list[TrialBalance]:
        return await trial_balance(session, from_on, to_on or await books_today(session))

    found = _within(tenant, read)
    if _printed(found, trial_balance_csv, as_csv=as_csv, as_json=as_json):
        return
    columns = ("Account", "Name", "Opening", "Debit", "Credit", "Closing")
    for one in found:
        lines = [
            (line.account, line.name, line.opening, line.debit, line.credit, line.closing)
            for line in one.lines
        ]
        total = ("", "", one.opening, one.debit, one.credit, one.closing)
        print_table(columns, [*lines, total], title=f"{one.currency} up to {one.to_on}")


@app.command()
def ageing(
    *,
    as_of: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="YYYY-MM-DD", help="End of which day."),
    ] = None,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    tenant: TenantOption = None,
) -> None:
    """What customers owe, by the days since their last day to pay.

    Example: `dotmac ledger ageing --as-of 2026-10-31 --csv`
    """

    async def read(session: AsyncSession) -> list[Ageing]:
        return await receivables_ageing(session, as_of)

    found = _within(tenant, read)
    if _printed(found, ageing_csv, as_csv=as_csv, as_json=as_json):
        return
    columns = ("Customer", "Not due", "1-30", "31-60", "61-90", "> 90", "Credit", "Balance")
    for one in found:
        lines = [(line.code, *line.buckets, line.credit, line.balance) for line in one.lines]
        total = ("", *one.buckets, one.credit, one.balance)
        print_table(columns, [*lines, total], title=one.currency)


@app.command()
def deferred(
    *,
    from_on: FromOption = None,
    to_on: ToOption = None,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    tenant: TenantOption = None,
) -> None:
    """Deferred revenue month by month, and when what is left will be earned.

    Example: `dotmac ledger deferred --from 2026-01-01`
    """

    async def read(session: AsyncSession) -> list[DeferredRevenue]:
        return await deferred_report(session, from_on, to_on)

    found = _within(tenant, read)
    if _printed(found, deferred_csv, as_csv=as_csv, as_json=as_json):
        return
    for one in found:
        months = [
            (
                *(f"{each.month:%Y-%m}", each.opening, each.billed, each.recognised),
                *(each.credited + each.voided, each.closing),
            )
            for each in one.months
        ]
        columns = ("Month", "Opening", "Billed", "Earned", "Taken back", "Closing")
        print_table(columns, months, title=one.currency)
        ahead = [(f"{each.month:%Y-%m}", each.amount) for each in one.to_come]
        print_table(("Month", "To come"), ahead)


@app.command()
def export(
    from_on: Annotated[
        date, typer.Option("--from", parser=parse_day, metavar="YYYY-MM-DD", help="First day.")
    ],
    to_on: Annotated[
        date, typer.Option("--to", parser=parse_day, metavar="YYYY-MM-DD", help="Last day.")
    ],
    form: Annotated[
        JournalFormat, typer.Option("--format", help="CSV, or JSON lines.")
    ] = JournalFormat.CSV,
    tenant: TenantOption = None,
) -> None:
    """Print every posting of those days, for the accounting system.

    Example: `dotmac ledger export --from 2026-10-01 --to 2026-10-31 > october.csv`
    """

    async def work(runtime: Runtime) -> None:
        tenant_id = await runtime.tenant(tenant)
        async for piece in export_journal(runtime.database, tenant_id, from_on, to_on, form):
            print(piece, end="")

    run(work)


@app.command()
def close(
    through: Annotated[
        date, typer.Argument(parser=parse_day, metavar="YYYY-MM-DD", help="End of a month.")
    ],
    tenant: TenantOption = None,
) -> None:
    """Book the revenue of every month up to that day, and take no more entries of them.

    Example: `dotmac ledger close 2026-10-31`
    """

    async def work(session: AsyncSession) -> None:
        await close_books(session, through)

    _within(tenant, work)
    console.print(f"The books are closed up to {through}.")


def _within(tenant: str | None, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def inside(runtime: Runtime) -> T:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return await work(session)

    return run(inside)


def _printed(
    found: Sequence[R], csv_of: Callable[[Sequence[R]], str], *, as_csv: bool, as_json: bool
) -> bool:
    """Whether it was printed for a script."""
    if as_json:
        print_json([asdict(one) for one in found])
    elif as_csv:
        print(csv_of(found), end="")
    return as_csv or as_json
