"""What can be done with imports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import enqueue
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, clock_of, new_id
from dotmac_core_ops.files import delete_file, file_store, open_file, safe_name, store_file
from dotmac_core_ops.principal import current_actor
from dotmac_core_ops.spreadsheet import csv_text
from dotmac_customers.imports.columns import REASONS, Mode, fields_of, guessed, problems_of
from dotmac_customers.imports.errors import (
    ImportForgottenError,
    ImportMappingError,
    ImportNotFoundError,
    UnreadableTableError,
)
from dotmac_customers.imports.models import CustomerImport, ImportState
from dotmac_customers.imports.repository import ImportRepository, refusals
from dotmac_customers.imports.stored_table import MEDIA_TYPE, read_stored, write_stored
from dotmac_customers.imports.table_file import Table, TableRow, read_table
from dotmac_customers.profiles.service import CUSTOM_FIELD_ENTITY
from dotmac_identity import FieldDefinition, custom_fields_of

CHECK_JOB = "customers.check_import"
RUN_JOB = "customers.run_import"
UNDO_JOB = "customers.undo_import"

KEEP_DAYS = 30
"""For so long after its end an import can be taken back, and its refused rows be fetched."""

KEEP_UNSTARTED_DAYS = 7
"""For so long a file waits to be started."""

SAMPLE_ROWS = 5
_IN_MEMORY_BYTES = 1_000_000
_CHUNK_BYTES = 256 * 1024
_MOST_BYTES = 200_000_000
_LINES_AT_ONCE = 500


@dataclass
class _Taken:
    """What was read of a file."""

    header: tuple[str, ...]
    sample: list[list[str]] = field(default_factory=list)
    rows: int = 0


class ImportService:
    """Imports of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._imports = ImportRepository(session)

    async def upload(self, file_name: str, source: BinaryIO) -> CustomerImport:
        """Keep the rows of a file, and guess which column is what.

        Raises:
            DocumentTypeError, UnreadableTableError: there is no table in it that can be read.
        """
        with SpooledTemporaryFile(_IN_MEMORY_BYTES) as spooled:
            kept = cast("BinaryIO", spooled)
            # Not on the event loop: a large workbook takes seconds.
            taken = await asyncio.to_thread(_take, source, kept)
            name = safe_name(file_name)
            stored = await store_file(
                self._session,
                file_store(),
                _chunks(kept),
                name=f"{name}.csv.gz",
                media_type=MEDIA_TYPE,
                max_bytes=_MOST_BYTES,
            )
        new = CustomerImport(
            id=new_id(),
            file_name=name,
            file_id=stored.id,
            state=ImportState.UPLOADED,
            mode=Mode.UPSERT,
            header=list(taken.header),
            mapping=guessed(taken.header, fields_of(await self.own_fields())),
            sample=taken.sample,
            rows=taken.rows,
            **dict.fromkeys(("done", "created", "changed", "same", "refused", "undone"), 0),
            created_by=current_actor().name,
            created_at=clock_of(self._session).now(),
        )
        await self._imports.add(new)
        await self._record("upload", new, {"rows": taken.rows})
        return new

    async def own_fields(self) -> tuple[FieldDefinition, ...]:
        """The fields that the tenant added to customers."""
        return await custom_fields_of(self._session, CUSTOM_FIELD_ENTITY)

    async def by_id(self, import_id: UUID, *, for_update: bool = False) -> CustomerImport:
        """The import.

        Raises:
            ImportNotFoundError: there is none.
        """
        found = await self._imports.by_id(import_id, for_update=for_update)
        if found is None:
            raise ImportNotFoundError(import_id)
        return found

    async def check(
        self, import_id: UUID, mapping: Mapping[str, str], mode: Mode
    ) -> CustomerImport:
        """Say which column is what and what rows do; a job looks what would come of each.

        Raises:
            ImportNotFoundError, ImportStateError, ImportForgottenError: there is none, or it has
                begun.
            ImportMappingError: a column or a field does not exist, or a field is named twice.
        """
        found = await self.by_id(import_id, for_update=True)
        fields = fields_of(await self.own_fields())
        if problems := problems_of(mapping, found.header, fields):
            raise ImportMappingError(problems)
        found.check(mapping, mode)
        await self._imports.clear_refusals([import_id])
        await self._have_done(CHECK_JOB, found)
        await self._record("check", found, {"mode": mode.value, "mapping": dict(mapping)})
        return found

    async def start(self, import_id: UUID) -> CustomerImport:
        """Have the rows taken in by a job.

        Raises:
            ImportNotFoundError, ImportStateError, ImportForgottenError: there is none, or it was
                not checked.
        """
        found = await self.by_id(import_id, for_update=True)
        found.start(clock_of(self._session).now())
        await self._imports.clear_refusals([import_id])
        await self._have_done(RUN_JOB, found)
        await self._record("start", found, {"mode": found.mode.value, "rows": found.rows})
        return found

    async def undo(self, import_id: UUID) -> CustomerImport:
        """Have what the file brought taken back by a job; the caller knows what stands in the way.

        Raises:
            ImportNotFoundError, ImportStateError, ImportForgottenError: there is none, or it has
                brought nothing that could be taken back.
        """
        found = await self.by_id(import_id, for_update=True)
        found.undo()
        await self._have_done(UNDO_JOB, found)
        brought = {"created": found.created, "changed": found.changed}
        await self._record("undo", found, brought)
        return found

    async def file_of(self, about: CustomerImport) -> BinaryIO:
        """The rows of the file as `stored_table` has them, to be closed by the caller.

        Raises:
            ImportForgottenError: the file is not kept any more.
        """
        if about.file_id is None:
            raise ImportForgottenError
        _, chunks = await open_file(self._session, file_store(), about.file_id)
        spooled = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
        async for chunk in chunks:
            spooled.write(chunk)
        spooled.seek(0)
        return cast("BinaryIO", spooled)

    async def forget_old(self) -> int:
        """Forget files, and what they replaced, when their time has come; how many imports."""
        now = clock_of(self._session).now()
        old = await self._imports.older(
            now - timedelta(days=KEEP_DAYS),
            untouched_since=now - timedelta(days=KEEP_UNSTARTED_DAYS),
        )
        await self._imports.clear_brought([one.id for one in old])
        await self._imports.clear_refusals([one.id for one in old])
        for one in old:
            await self._forget_file(one)
        return len(old)

    async def forget_customer(self, customer_id: UUID) -> int:
        """Forget the files in which a customer stands who is to be forgotten; how many.

        What the customer was before goes with the other rows about it.
        """
        found = await self._imports.with_customer(customer_id)
        await self._imports.clear_refusals([one.id for one in found])
        for one in found:
            await self._forget_file(one)
        return len(found)

    async def _forget_file(self, about: CustomerImport) -> None:
        if about.file_id is not None:
            await delete_file(self._session, about.file_id)
        about.forget()

    async def _have_done(self, job: str, about: CustomerImport) -> None:
        await enqueue(self._session, job, {"import_id": str(about.id)}, key=str(about.id))

    async def _record(self, action: str, about: CustomerImport, after: dict[str, Any]) -> None:
        await record(
            self._session,
            action=f"customers.import_{action}",
            target=("customer_import", about.id),
            after=after,
        )


async def refused_rows(
    database: Database, tenant_id: UUID, about: CustomerImport, file: BinaryIO
) -> AsyncIterator[str]:
    """The rows of `file` that are not taken, as CSV, each with what is wrong with it; closes it."""
    kept = [place for place, name in enumerate(about.header) if name != REASONS]
    width = len(about.header)
    with file:
        rows = read_stored(file)
        lines: list[list[str]] = [[*(about.header[place] for place in kept), REASONS]]
        async with database.read(tenant_id) as connection:
            async for line, problems in refusals(connection, about.id):
                cells = next(row.cells for row in rows if row.number == line)
                told = "; ".join(_told(one) for one in problems)
                # Cells for which there is no column stand behind, so that none is lost.
                lines.append([*(cells[place] for place in kept), told, *cells[width:]])
                if len(lines) >= _LINES_AT_ONCE:
                    yield csv_text(lines)
                    lines = []
        yield csv_text(lines)


def _told(problem: Mapping[str, str]) -> str:
    column = problem["column"]
    return f"{column}: {problem['message']}" if column else problem["message"]


def _take(source: BinaryIO, target: BinaryIO) -> _Taken:
    table = read_table(source)
    taken = _Taken(table.header)
    taken.rows = write_stored(_sampled(table, taken.sample), target)
    if not taken.rows:
        raise UnreadableTableError("there is nothing below its first row")
    target.seek(0)
    return taken


def _sampled(table: Table, sample: list[list[str]]) -> Iterator[TableRow]:
    for row in table.rows:
        if len(sample) < SAMPLE_ROWS:
            sample.append(list(row.cells))
        yield row


async def _chunks(source: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := source.read(_CHUNK_BYTES):
        yield chunk
