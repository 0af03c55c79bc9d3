"""A file of customers taken in, or written, in one go: for the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from dotmac_core_ops.database import Database
from dotmac_customers.directory.filters import Wanted
from dotmac_customers.directory.service import csv_chunks, exported, workbook_chunks
from dotmac_customers.imports.columns import Mode
from dotmac_customers.imports.running.service import ImportPass
from dotmac_customers.imports.service import ImportService, refused_rows
from dotmac_customers.workbook import FileFormat


@dataclass(frozen=True)
class FileImport:
    """What became of the rows of a file, or what would."""

    id: UUID
    rows: int
    created: int
    changed: int
    same: int
    refused: int
    columns_ignored: tuple[str, ...]


async def import_customers(
    database: Database,
    tenant_id: UUID,
    file_name: str,
    source: BinaryIO,
    mode: Mode,
    *,
    dry_run: bool,
    after_chunk: Callable[[], Awaitable[None]],
) -> FileImport:
    """Take in the file, its columns known by their names; with `dry_run` only look at it.

    Raises:
        DocumentTypeError, UnreadableTableError: there is no table in it that can be read.
        ImportMappingError: no column has the name of a field.
    """
    async with database.transaction(tenant_id) as session:
        service = ImportService(session)
        about = await service.upload(file_name, source)
        await service.check(about.id, about.mapping, mode)
    passes = ImportPass(database, tenant_id, about.id)
    await passes.run(after_chunk)
    if not dry_run:
        async with database.transaction(tenant_id) as session:
            await ImportService(session).start(about.id)
        await passes.run(after_chunk)
    async with database.transaction(tenant_id) as session:
        done = await ImportService(session).by_id(about.id)
    ignored = tuple(column for column in done.header if column not in done.mapping)
    counts = (done.rows, done.created, done.changed, done.same, done.refused)
    return FileImport(done.id, *counts, ignored)


async def refused_customers(
    database: Database, tenant_id: UUID, import_id: UUID
) -> AsyncIterator[str]:
    """The rows that were not taken, as CSV, each with what is wrong with it."""
    async with database.transaction(tenant_id) as session:
        service = ImportService(session)
        about = await service.by_id(import_id)
        file = await service.file_of(about)
    async for text in refused_rows(database, tenant_id, about, file):
        yield text


async def export_customers(
    database: Database, tenant_id: UUID, form: FileFormat
) -> AsyncIterator[bytes]:
    """All customers by number, as a file."""
    rows = exported(database, tenant_id, Wanted(sort="number", descending=False))
    if form is FileFormat.XLSX:
        async for chunk in workbook_chunks(rows):
            yield chunk
    else:
        async for text in csv_chunks(rows):
            yield text.encode()
