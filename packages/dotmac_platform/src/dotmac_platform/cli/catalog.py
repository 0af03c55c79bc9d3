"""`dotmac catalog`: the price list as a file that is reviewed like code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dotmac_billing import (
    InvalidPriceListError,
    UnreadablePriceListError,
    apply_price_list,
    export_price_list,
    price_list_diff,
)
from dotmac_platform.cli.running import TenantOption, notes, run
from dotmac_platform.runtime import Runtime

EXIT_DIFFERENT = 1
EXIT_UNUSABLE = 2

app = typer.Typer(help="The price list: compare, apply, export.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(help="YAML; - reads standard input.")]


@app.command()
def diff(file: FileArgument, tenant: TenantOption = None) -> None:
    """Show what applying FILE would change; exit code 1 when something would.

    Example: `dotmac catalog diff examples/price-list.yaml --tenant acme`
    """
    lines = _applied(file, tenant, dry_run=True)
    if lines:
        print("\n".join(lines))
        raise typer.Exit(EXIT_DIFFERENT)
    notes.print("The catalogue says what the file says.")


@app.command()
def apply(
    file: FileArgument,
    dry_run: Annotated[bool, typer.Option(help="Say what would be done; do nothing.")] = False,
    tenant: TenantOption = None,
) -> None:
    """Make the catalogue say what FILE says, all or nothing. Applying it again does nothing.

    New terms are a new version of a plan; subscriptions keep theirs unless its rollout says
    otherwise. Plans that FILE does not name stay as they are.

    Example: `dotmac catalog apply examples/price-list.yaml`
    """
    lines = _applied(file, tenant, dry_run=dry_run)
    if lines:
        print("\n".join(lines))
    if not lines:
        notes.print("Nothing to do.")
    elif dry_run:
        notes.print("Nothing was done.")


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; default: standard output.")] = None,
    tenant: TenantOption = None,
) -> None:
    """Write the price list as YAML, every plan on its newest version.

    Example: `dotmac catalog export price-list.yaml`
    """

    async def work(runtime: Runtime) -> str:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return await export_price_list(session)

    text = run(work)
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")


def _applied(file: Path, tenant: str | None, *, dry_run: bool) -> list[str]:
    text = _read(file)

    async def work(runtime: Runtime) -> list[str]:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return price_list_diff(await apply_price_list(session, text, dry_run=dry_run))

    try:
        return run(work)
    except InvalidPriceListError as error:
        for mistake in error.mistakes:
            print(f"{file}: {mistake.path}: {mistake.problem}", file=sys.stderr)
    except UnreadablePriceListError as error:
        print(f"{file}: {error.message}", file=sys.stderr)
    raise typer.Exit(EXIT_UNUSABLE)


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} cannot be read: {error}") from error
