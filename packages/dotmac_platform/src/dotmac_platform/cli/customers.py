"""`dotmac customers`: customers from files and into them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from dotmac_customers import (
    FileFormat,
    FileImport,
    ImportMode,
    export_customers,
    import_customers,
    refused_customers,
)
from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    notes,
    print_facts,
    print_json,
    run,
)
from dotmac_platform.imports.errors import ImportFileUnreadableError
from dotmac_platform.runtime import Runtime

EXIT_REFUSED = 3

app = typer.Typer(help="Customers from files, and into them.", no_args_is_help=True)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX whose columns are named as fields.")],
    mode: Annotated[ImportMode, typer.Option(help="What a row does.")] = ImportMode.UPSERT,
    rejects: Annotated[
        Path | None, typer.Option(help="Where refused rows go. Default: FILE.rejects.csv")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen; change nobody.")] = False,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take customers in from a file.

    Columns are known by their names; `/api/v1/customers/imports/template` is a start. Good rows go
    in; the others are written to a file with what is wrong, and the exit code is 3. Over HTTP the
    import can be taken back for thirty days.

    Example: `dotmac customers import customers.xlsx --tenant acme`
    """
    where = rejects or file.with_name(file.name + ".rejects.csv")

    async def work(runtime: Runtime) -> FileImport:
        tenant_id = await runtime.tenant(tenant)
        with (
            _opened(file) as source,
            Progress(
                *(SpinnerColumn(), TextColumn("Importing")), console=notes, transient=True
            ) as progress,
        ):
            progress.add_task("Importing", total=None)
            result = await import_customers(
                *(runtime.database, tenant_id, file.name, source, mode),
                dry_run=dry_run,
                after_chunk=_goes_on,
            )
        if result.refused:
            with where.open("w", newline="", encoding="utf-8") as target:
                async for text in refused_customers(runtime.database, tenant_id, result.id):
                    target.write(text)
        return result

    result = run(work)
    if as_json:
        print_json(vars(result) | {"id": str(result.id)})
    else:
        _tell(result, where, dry_run=dry_run)
    if result.refused:
        raise typer.Exit(EXIT_REFUSED)


@app.command("export")
def export_file(
    file: Annotated[Path, typer.Argument(help="A new file, ending in .csv or .xlsx.")],
    tenant: TenantOption = None,
) -> None:
    """Write all customers to a file, in columns that an import understands.

    Example: `dotmac customers export customers.xlsx --tenant acme`
    """
    try:
        form = FileFormat(file.suffix.lower().removeprefix("."))
    except ValueError as error:
        raise typer.BadParameter("The file ends in .csv or .xlsx.") from error

    async def work(runtime: Runtime) -> None:
        tenant_id = await runtime.tenant(tenant)
        with file.open("xb") as target:
            async for chunk in export_customers(runtime.database, tenant_id, form):
                target.write(chunk)

    run(work)


async def _goes_on() -> None:
    """Nobody else could take the work over."""


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise ImportFileUnreadableError(str(file), reason) from error


def _tell(result: FileImport, where: Path, *, dry_run: bool) -> None:
    facts: dict[str, object] = {
        "Rows": f"{result.rows:,}",
        "New customers": f"{result.created:,}",
        "Changed": f"{result.changed:,}",
        "Not different": f"{result.same:,}",
        "Refused": f"{result.refused:,}",
    }
    print_facts(facts, "Nobody was changed; this would happen:" if dry_run else "Imported")
    if result.columns_ignored:
        columns = ", ".join(result.columns_ignored)
        notes.print(f"Columns that bring nothing: {columns}", markup=False, highlight=False)
    if result.refused:
        notes.print(f"Mend {where} and import it again.", markup=False)
