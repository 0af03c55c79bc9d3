"""Bringing subscribers in from a file: good rows go in, bad rows are told why."""

from __future__ import annotations

import asyncio
import csv
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self, TextIO
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.collector import rare_collections
from dotmac_core_ops.database import Database
from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError
from dotmac_platform.imports.errors import (
    ImportAsOfError,
    ImportColumnsError,
    ImportEncodingError,
    ImportFileUnreadableError,
    MappingInvalidError,
)
from dotmac_platform.imports.mapping import Mapping, describe
from dotmac_platform.imports.subscriber import Reject, Subscriber, read_subscriber
from dotmac_platform.imports.writing import look_up, prepare_plan, write

CHUNK = 500
# One chunk is read and prepared while PostgreSQL writes another.
LANES = 2
# What a row can be blamed for; anything else, such as a server out of reach, ends the import.
_REFUSALS = (ConflictError, InvalidError, NotFoundError)
REJECT_COLUMNS = ("reject_line", "reject_column", "reject_reason")


class SourceRow(NamedTuple):
    """A line of the file; `cells` are None where the line does not have one cell per column."""

    line: int
    raw: list[str]
    cells: dict[str, str] | None


@dataclass
class ImportResult:
    """What an import did, or with `dry_run` would do. `known` rows were there already."""

    dry_run: bool
    rows: int = 0
    customers: int = 0
    known: int = 0
    rejected: int = 0
    items: int = 0
    payments: int = 0
    paid: Decimal = Decimal(0)
    ended: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rejects_file: str | None = None


def load_mapping(path: Path) -> Mapping:
    """The mapping in the TOML file at `path`.

    Raises:
        MappingInvalidError: not TOML, a key is missing, unknown or has a value of the wrong kind.
        ImportFileUnreadableError: the file cannot be read.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return Mapping.model_validate(content)
    except OSError as error:
        raise ImportFileUnreadableError(str(path), error.strerror or str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingInvalidError(str(path), [str(error)]) from error
    except ValidationError as error:
        raise MappingInvalidError(str(path), describe(error)) from error


class _Read(NamedTuple):
    row: SourceRow
    subscriber: Subscriber


class SubscriberImport:
    """One import of one file into one tenant."""

    def __init__(
        self, database: Database, tenant_id: UUID, mapping: Mapping, *, as_of: date
    ) -> None:
        today = database.clock.today()
        if as_of > today:
            raise ImportAsOfError(as_of, today)
        self._database = database
        self._tenant_id = tenant_id
        self._mapping = mapping
        self._as_of = as_of
        self._seen: set[str] = set()

    async def run(
        self,
        path: Path,
        *,
        rejects: Path,
        dry_run: bool = False,
        on_progress: Callable[[ImportResult], None] | None = None,
    ) -> ImportResult:
        """Import the file at `path`, five hundred rows to a transaction.

        Rows that cannot go in are written to `rejects` with line, column and reason, in a form that
        can be mended and imported again; without any, no such file is left. A row that was imported
        before changes nothing.

        Raises:
            InvalidError: the file as a whole cannot be imported (see `errors.py`).
        """
        result = ImportResult(dry_run=dry_run)
        rows = read_rows(path, self._mapping)
        header = next(rows).raw
        plan = None if dry_run else await self._plan()
        lanes = asyncio.Semaphore(LANES)
        with rare_collections(), _RejectsFile(rejects, header, result) as rejected:

            async def put(chunk: list[_Read]) -> None:
                try:
                    self._count(result, chunk, await self._write(chunk, plan, rejected))
                finally:
                    lanes.release()
                if on_progress is not None:
                    on_progress(result)

            try:
                async with asyncio.TaskGroup() as group:
                    while chunk := list(islice(rows, CHUNK)):
                        result.rows += len(chunk)
                        await lanes.acquire()
                        group.create_task(put(self._read_all(chunk, rejected)))
            except BaseExceptionGroup as errors:
                raise errors.exceptions[0] from None
        result.rejects_file = str(rejects) if result.rejected else None
        return result

    async def _plan(self) -> UUID:
        return await self._database.run(
            self._tenant_id, lambda session: prepare_plan(session, self._mapping)
        )

    def _read_all(self, chunk: list[SourceRow], rejected: _RejectsFile) -> list[_Read]:
        good = []
        for row in chunk:
            outcome = self._read(row)
            if isinstance(outcome, Reject):
                rejected.add(outcome, row.raw)
            else:
                good.append(_Read(row, outcome))
        return good

    def _read(self, row: SourceRow) -> Subscriber | Reject:
        if row.cells is None:
            return Reject(row.line, "", f"has {len(row.raw)} cells, not one for each column")
        outcome = read_subscriber(row.cells, row.line, self._mapping, self._as_of)
        if isinstance(outcome, Subscriber):
            if outcome.number in self._seen:
                column = self._mapping.customer.number
                return Reject(row.line, column, f"{outcome.number!r} stands twice in this file")
            self._seen.add(outcome.number)
        return outcome

    async def _write(
        self, chunk: list[_Read], plan: UUID | None, rejected: _RejectsFile
    ) -> frozenset[str]:
        """Put a chunk in place; the numbers that were new. A row that is refused is rejected."""
        subscribers = [read.subscriber for read in chunk]

        async def work(session: AsyncSession) -> frozenset[str]:
            if plan is None:
                return await look_up(session, subscribers)
            return await write(session, subscribers, self._mapping, plan, self._as_of)

        try:
            return await self._database.run(self._tenant_id, work)
        except _REFUSALS as error:
            if len(chunk) == 1:
                row = chunk.pop().row
                rejected.add(Reject(row.line, "", error.message), row.raw)
                return frozenset()
        # One row of many was refused, and nothing is written: find it, and let the others in.
        new: set[str] = set()
        for read in list(chunk):
            alone = [read]
            new |= await self._write(alone, plan, rejected)
            if not alone:
                chunk.remove(read)
        return frozenset(new)

    def _count(self, result: ImportResult, chunk: list[_Read], numbers: frozenset[str]) -> None:
        new = [read.subscriber for read in chunk if read.subscriber.number in numbers]
        result.customers += len(new)
        result.known += len(chunk) - len(new)
        result.items += sum(len(subscriber.items) for subscriber in new)
        result.ended += sum(subscriber.end_on is not None for subscriber in new)
        payments = [payment.amount for subscriber in new for payment in subscriber.payments]
        result.payments += len(payments)
        result.paid += sum(payments, Decimal(0))


def read_rows(path: Path, mapping: Mapping) -> Iterator[SourceRow]:
    """The header, then the rows of the file, as they are read; columns are checked at once.

    Raises:
        ImportFileUnreadableError: missing, empty, or not CSV.
        ImportEncodingError: bytes that are not in the mapping's encoding.
        ImportColumnsError: the header does not fit the mapping.
    """
    line = 0
    try:
        with path.open(encoding=mapping.file.encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=mapping.file.delimiter, strict=True)
            header = next(reader, None)
            if header is None:
                raise ImportFileUnreadableError(str(path), "it is empty")
            _check_header(header, mapping)
            yield SourceRow(1, header, None)
            line = reader.line_num
            for raw in reader:
                line = reader.line_num
                if raw:
                    whole = len(raw) == len(header)
                    yield SourceRow(
                        line, raw, dict(zip(header, raw, strict=True)) if whole else None
                    )
    except OSError as error:
        raise ImportFileUnreadableError(str(path), error.strerror or str(error)) from error
    except LookupError as error:
        raise MappingInvalidError("file.encoding", [str(error)]) from error
    except UnicodeError as error:
        raise ImportEncodingError(str(path), mapping.file.encoding, line) from error
    except csv.Error as error:
        raise ImportFileUnreadableError(str(path), f"line {line + 1}: {error}") from error


def _check_header(header: list[str], mapping: Mapping) -> None:
    wanted = mapping.columns()
    expected = wanted | set(mapping.file.ignore) | set(REJECT_COLUMNS)
    missing = sorted(wanted - set(header))
    unknown = [column for column in header if column not in expected]
    twice = sorted({column for column in header if header.count(column) > 1})
    if missing or unknown or twice:
        raise ImportColumnsError(missing, unknown, twice)


class _RejectsFile:
    """Rejected rows as CSV: the file's own columns, then line, column and reason.

    Written beside its final name and put in place at the end: the file being imported may be the
    rejects of the last time. Made only when there is something to write.
    """

    def __init__(self, path: Path, header: list[str], result: ImportResult) -> None:
        self._result = result
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._kept = [index for index, name in enumerate(header) if name not in REJECT_COLUMNS]
        self._header = [*(header[index] for index in self._kept), *REJECT_COLUMNS]
        self._stream: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def add(self, reject: Reject, raw: list[str]) -> None:
        """Write down a row and why it was left out."""
        self._result.rejected += 1
        about = f"{reject.column}: " if reject.column else ""
        self._result.reasons[about + reject.reason] += 1
        if self._stream is None:
            self._stream = self._part.open("w", encoding="utf-8", newline="")
            csv.writer(self._stream).writerow(self._header)
        cells = [raw[index] if index < len(raw) else "" for index in self._kept]
        row = [*cells, reject.line, reject.column, reject.reason]
        csv.writer(self._stream).writerow(row)

    def __exit__(self, kind: object, *_: object) -> None:
        if self._stream is None:
            return
        self._stream.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()
