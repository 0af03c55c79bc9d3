"""What a list of customers can be asked for, and all of one as a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Database
from dotmac_core_ops.spreadsheet import csv_text
from dotmac_customers.directory import repository
from dotmac_customers.directory.errors import FieldNotSearchableError
from dotmac_customers.directory.exported import export_header, exported_row
from dotmac_customers.directory.filters import Wanted
from dotmac_customers.profiles.service import CUSTOM_FIELD_ENTITY
from dotmac_customers.workbook import Workbook
from dotmac_identity import custom_fields_of

Rows = list[list[object]]
_CHUNK_BYTES = 256 * 1024


async def searchable_values(
    session: AsyncSession, asked: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Keys and values of searchable custom fields, from texts such as `plan:gold`.

    Raises:
        FieldNotSearchableError: the tenant has no searchable field of this key.
    """
    fields = await custom_fields_of(session, CUSTOM_FIELD_ENTITY)
    searchable = sorted(field.key for field in fields if field.is_searchable)
    pairs = [(key, text) for key, _, text in (each.partition(":") for each in asked)]
    for key, _ in pairs:
        if key not in searchable:
            raise FieldNotSearchableError(key, searchable)
    return tuple(pairs)


async def exported(database: Database, tenant_id: UUID, wanted: Wanted) -> AsyncIterator[Rows]:
    """All customers that are wanted, a thousand rows at a time; the header comes with the first.

    It waits for them: once it is out, a failure can only cut the file short.
    """
    async with database.transaction(tenant_id) as session:
        own_fields = await custom_fields_of(session, CUSTOM_FIELD_ENTITY)
    header: Rows = [[*export_header(own_fields)]]
    async with database.read(tenant_id) as connection:
        async for rows in repository.export(connection, wanted):
            yield header + [exported_row(row, own_fields) for row in rows]
            header = []
    if header:
        yield header


async def csv_chunks(chunks: AsyncIterator[Rows]) -> AsyncIterator[str]:
    """The rows as CSV, sent as they come."""
    async for rows in chunks:
        yield csv_text(rows)


async def workbook_chunks(chunks: AsyncIterator[Rows]) -> AsyncIterator[bytes]:
    """The rows as a workbook, which is complete before its first byte can be sent."""
    book = Workbook("Customers")
    async for rows in chunks:
        # Not on the event loop: it takes longer than reading them.
        await asyncio.to_thread(book.add, rows)
    with TemporaryFile() as file:
        await asyncio.to_thread(book.save, cast("BinaryIO", file))
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
