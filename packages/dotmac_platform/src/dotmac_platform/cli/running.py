"""What commands share: options, a runtime to work in, output for people and for scripts."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from dotmac_core_ops.http import dump_json
from dotmac_core_ops.logging import configure_logging
from dotmac_core_ops.principal import Actor, acting_as
from dotmac_core_ops.settings import load_settings
from dotmac_platform.runtime import Runtime, open_runtime

T = TypeVar("T")

TenantOption = Annotated[
    str | None,
    typer.Option(
        "--tenant", "-t", envvar="DOTMAC_TENANT", metavar="SLUG", help="Which tenant is meant."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

console = Console()
notes = Console(stderr=True)


def run(work: Callable[[Runtime], Awaitable[T]], *, upgrade: bool = False) -> T:
    """Do `work` in the installation that the environment describes, acting as this command."""
    settings = load_settings()
    # What a command did is in its output; the log of a command is for what went wrong.
    level = settings.log_level if "log_level" in settings.model_fields_set else "WARNING"
    configure_logging(environment=settings.environment, level=level)

    async def inside() -> T:
        who = os.environ.get("SUDO_USER") or os.environ.get("USER") or "operator"
        with acting_as(Actor(f"cli:{who}")):
            async with open_runtime(settings, upgrade=upgrade) as runtime:
                return await work(runtime)

    return asyncio.run(inside())


def print_json(value: object) -> None:
    """`value` as indented JSON; exact amounts stay exact."""
    print(dump_json(value, indent=True).decode())


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """A table for people; numbers to the right."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        numeric = bool(rows) and not isinstance(rows[0][index], str)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)


def print_facts(facts: Mapping[str, object], title: str = "") -> None:
    """Names and values, one to a line."""
    table = Table(title=title or None, title_justify="left", show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for name, value in facts.items():
        table.add_row(name, str(value))
    console.print(table)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is lost.

    Raises:
        typer.Abort: the answer is no, or nobody is there to answer.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter("Nobody is there to ask; add --yes to go on.")
    typer.confirm(question, abort=True)


def parse_day(text: str) -> date:
    """A day written as YYYY-MM-DD.

    Raises:
        typer.BadParameter: it is not.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a day; write YYYY-MM-DD.") from error
