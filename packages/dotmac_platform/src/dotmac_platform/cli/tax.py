"""`dotmac tax`: tax law from files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dotmac_billing import RulesAdded, RulesImported, import_tax_pack, import_tax_rules
from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    notes,
    parse_day,
    print_facts,
    print_json,
    run,
)
from dotmac_platform.runtime import Runtime

EXIT_FOUND = 3
_MOST_REASONS = 20

app = typer.Typer(help="Tax law.", no_args_is_help=True)


@app.command(name="import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="CSV with a rule, or a ZIP code, a row."),
    ],
    valid_from: Annotated[
        date | None,
        typer.Option(
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help="First day of rows that say none. A table by ZIP code needs it.",
        ),
    ] = None,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down the tax rules of a file; exit code 3 when rows were rejected.

    Good rows go in, bad ones are told with line and reason. Importing the same file twice changes
    nothing.

    Example: `dotmac tax import sales-tax-CA.csv --valid-from 2026-01-01`
    """
    lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)

    async def work(runtime: Runtime) -> RulesImported:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return await import_tax_rules(session, lines, valid_from=valid_from)

    result = run(work)
    if as_json:
        print_json(
            {
                "added": result.added,
                "skipped": result.skipped,
                "rejects": [vars(reject) for reject in result.rejects],
            }
        )
    else:
        print_facts(
            {
                "New rules": f"{result.added:,}",
                "Known already": f"{result.skipped:,}",
                "Rejected rows": f"{len(result.rejects):,}",
            }
        )
        for reject in result.rejects[:_MOST_REASONS]:
            notes.print(f"  line {reject.line}: {reject.reason}", markup=False, highlight=False)
    if result.rejects:
        raise typer.Exit(EXIT_FOUND)


@app.command()
def pack(
    name: Annotated[str, typer.Argument(help="eu, gb, ch, au, nz, in or ca.")],
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down standard rates to begin with, as known on 1 January 2026. Check them.

    Example: `dotmac tax pack eu --tenant acme`
    """

    async def work(runtime: Runtime) -> RulesAdded:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return await import_tax_pack(session, name)

    result = run(work)
    if as_json:
        print_json(vars(result))
    else:
        print_facts({"New rules": f"{result.added:,}", "Known already": f"{result.skipped:,}"})
