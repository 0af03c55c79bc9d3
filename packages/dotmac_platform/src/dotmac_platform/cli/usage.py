"""`dotmac usage`: usage on the command line."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from dotmac_billing import (
    Refusal,
    StreamResult,
    UsageEvent,
    csv_events,
    ingest_stream,
    missing_columns,
    ndjson_events,
)
from dotmac_core_ops.spreadsheet import csv_text
from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    notes,
    print_facts,
    print_json,
    run,
)
from dotmac_platform.imports.errors import ImportColumnsError, ImportFileUnreadableError
from dotmac_platform.runtime import Runtime

EXIT_REFUSED = 3
_MOST_REASONS = 20
_NDJSON = {".ndjson", ".jsonl", ".json"}

app = typer.Typer(help="Usage.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `import` a command of its own while it is the only one."""


@app.command("import")
def import_usage(
    file: Annotated[Path, typer.Argument(help="CSV, or NDJSON with one event a line; any size.")],
    rejects: Annotated[
        Path | None, typer.Option(help="Where refusals go. Default: FILE.rejects.csv")
    ] = None,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take usage events in from a file.

    Columns or fields: event_id, meter, at, customer or subscription, value; every other column of a
    CSV is a property. Good events go in; the others are listed with line, code and reason, not
    always in the order of lines, and the exit code is 3. Importing the same file twice changes
    nothing. The file is UTF-8; where it is not, the import ends, and what was read before stays in.

    Example: `dotmac usage import traffic.csv --tenant acme`
    """
    where = rejects or file.with_name(file.name + ".rejects.csv")
    reasons: Counter[str] = Counter()

    async def work(runtime: Runtime) -> StreamResult:
        tenant_id = await runtime.tenant(tenant)
        with ExitStack() as open_files:
            lines = open_files.enter_context(_opened(file))
            refusals = _Refusals(where, open_files, reasons)
            progress = open_files.enter_context(_progress())
            task = progress.add_task("Importing", total=None)
            return await ingest_stream(
                runtime.database,
                tenant_id,
                _events(file, lines),
                on_refusal=refusals.add,
                on_progress=lambda total: progress.update(task, completed=total.events),
            )

    result = run(work)
    if as_json:
        print_json(vars(result) | {"reasons": dict(reasons)})
    else:
        _tell(result, reasons, where)
    if result.refused:
        raise typer.Exit(EXIT_REFUSED)


class _Refusals:
    """A file of refusals, made with the first of them."""

    def __init__(self, where: Path, open_files: ExitStack, reasons: Counter[str]) -> None:
        self._where = where
        self._open_files = open_files
        self._reasons = reasons
        self._file: TextIO | None = None

    def add(self, line: int, refusal: Refusal) -> None:
        """Write one down."""
        if self._file is None:
            self._file = self._open_files.enter_context(
                self._where.open("w", newline="", encoding="utf-8")
            )
            self._file.write(csv_text([("line", "code", "reason")]))
        self._file.write(csv_text([(line, refusal.code, refusal.message)]))
        self._reasons[refusal.code] += 1


def _opened(file: Path) -> TextIO:
    try:
        return file.open(newline="", encoding="utf-8-sig")
    except OSError as error:
        raise ImportFileUnreadableError(
            str(file), error.strerror or "it cannot be opened"
        ) from error


def _events(file: Path, lines: TextIO) -> Iterator[tuple[int, UsageEvent | Refusal]]:
    line = 0
    try:
        for line, event in _rows(file, lines):
            yield line, event
    except UnicodeDecodeError as error:
        reason = f"after line {line} there are bytes that are not UTF-8"
        raise ImportFileUnreadableError(str(file), reason) from error


def _rows(file: Path, lines: TextIO) -> Iterator[tuple[int, UsageEvent | Refusal]]:
    if file.suffix.lower() in _NDJSON:
        yield from ndjson_events(lines)
        return
    header = next(csv.reader([lines.readline()]), [])
    if missing := missing_columns(header):
        raise ImportColumnsError(missing, [], [])
    lines.seek(0)
    yield from csv_events(lines)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} events"),
        console=notes,
        transient=True,
    )


def _tell(result: StreamResult, reasons: Counter[str], where: Path) -> None:
    facts: dict[str, object] = {
        "Events": f"{result.events:,}",
        "New": f"{result.accepted:,}",
        "Known already": f"{result.duplicates:,}",
        "Of billed days": f"{result.late:,}",
        "Refused": f"{result.refused:,}",
    }
    print_facts(facts, "Imported")
    for code, count in reasons.most_common(_MOST_REASONS):
        notes.print(f"  {count:>6,} times {code}", markup=False, highlight=False)
    if result.refused:
        notes.print(f"Why is in {where}.", markup=False)
