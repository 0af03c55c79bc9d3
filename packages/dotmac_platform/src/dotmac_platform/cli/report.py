"""`dotmac report`: figures on the command line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import typer

from dotmac_billing import RevenueSummary, revenue_summary
from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    parse_day,
    print_facts,
    print_json,
    run,
)
from dotmac_platform.runtime import Runtime

app = typer.Typer(help="Figures.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `revenue` a command of its own while it is the only one."""


@app.command()
def revenue(
    as_of: Annotated[
        date | None,
        typer.Option(
            parser=parse_day, metavar="YYYY-MM-DD", help="At the end of this day. Default: today."
        ),
    ] = None,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print recurring revenue, customers, churn, and what is billed, paid, open and credit.

    Example: `dotmac report revenue --as-of 2026-11-01`
    """

    async def work(runtime: Runtime) -> list[RevenueSummary]:
        day = as_of or runtime.database.clock.today()
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return await revenue_summary(session, day)

    found = run(work)
    if as_json:
        print_json([vars(summary) for summary in found])
        return
    for summary in found:
        print_facts(_facts(summary), f"Revenue in {summary.currency}, {summary.as_of}")


def _facts(summary: RevenueSummary) -> dict[str, object]:
    won = summary.customers + summary.churned_customers
    churned = Decimal(100 * summary.churned_customers) / won if won else Decimal(0)
    return {
        "Recurring revenue a month (MRR)": f"{summary.mrr:,.2f}",
        "Customers": f"{summary.customers:,}",
        "Average a customer (ARPU)": f"{summary.arpu:,.2f}",
        "Churned MRR": f"{summary.churned_mrr:,.2f}",
        "Churned customers": f"{summary.churned_customers:,} ({churned:.2f} %)",
        "Invoices": f"{summary.invoices:,}",
        "Billed": f"{summary.billed:,.2f}",
        "Paid": f"{summary.paid:,.2f}",
        "Open": f"{summary.open:,.2f}",
        "Credit": f"{summary.credit:,.2f}",
    }
