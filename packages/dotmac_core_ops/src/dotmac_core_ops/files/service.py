"""Files with what is known about them: the row in the database and the bytes in the store."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Database, clock_of, new_id, tenant_of
from dotmac_core_ops.files.configured import file_store
from dotmac_core_ops.files.errors import StoredFileNotFoundError
from dotmac_core_ops.files.models import FileRow
from dotmac_core_ops.files.store import FileStore
from dotmac_core_ops.module import Job, JobContext
from dotmac_core_ops.principal import current_actor

MAX_BYTES = 25 * 1024 * 1024
"""The largest file, unless the caller says otherwise."""

ORPHANED_AFTER_SECONDS = 24 * 3600
"""Bytes without a row are left alone for so long: their transaction may still be running."""

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's description; `size` in bytes."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: bytes
    created_by: str
    created_at: datetime


_FIELDS = [field.name for field in fields(StoredFile)]


async def store_file(
    session: AsyncSession,
    store: FileStore,
    chunks: AsyncIterator[bytes],
    *,
    name: str,
    media_type: str,
    max_bytes: int = MAX_BYTES,
) -> StoredFile:
    """Store what `chunks` yields for the session's tenant, under the name that people see.

    If the transaction fails afterwards, the bytes have no row, cannot be reached, and are swept
    away by the job after a day.

    Raises:
        FileTooLargeError: more than `max_bytes`.
        FileTypeMismatchError: the content is not the declared `media_type`.
    """
    file_id = new_id()
    contents = await store.put(
        tenant_of(session), file_id, chunks, media_type=media_type, max_bytes=max_bytes
    )
    stored = StoredFile(
        file_id,
        safe_name(name),
        contents.media_type,
        contents.size,
        contents.sha256,
        current_actor().name,
        clock_of(session).now(),
    )
    await session.execute(
        insert(FileRow).values({field: getattr(stored, field) for field in _FIELDS})
    )
    return stored


async def find_file(session: AsyncSession, file_id: UUID) -> StoredFile:
    """The description of a file of the session's tenant.

    Raises:
        StoredFileNotFoundError: the tenant has no such file.
    """
    columns = [getattr(FileRow, field) for field in _FIELDS]
    found = (await session.execute(select(*columns).where(FileRow.id == file_id))).one_or_none()
    if found is None:
        raise StoredFileNotFoundError(file_id)
    return StoredFile(*found)


async def open_file(
    session: AsyncSession, store: FileStore, file_id: UUID
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A file's description and its bytes, whose checksum is verified before the last of them.

    Raises:
        StoredFileNotFoundError: the tenant has no such file.
        FileCorruptedError: while reading: the bytes are damaged.
    """
    stored = await find_file(session, file_id)
    return stored, store.open(tenant_of(session), file_id, sha256=stored.sha256)


async def delete_file(session: AsyncSession, file_id: UUID) -> None:
    """Forget a file; its bytes are swept away by the job, after the transaction has held.

    Raises:
        StoredFileNotFoundError: the tenant has no such file.
    """
    gone = await session.execute(delete(FileRow).where(FileRow.id == file_id).returning(FileRow.id))
    if gone.one_or_none() is None:
        raise StoredFileNotFoundError(file_id)


async def sweep_files(database: Database, store: FileStore, tenant_id: UUID) -> int:
    """Remove the tenant's bytes that have no row and are older than a day; how many files."""
    old = [
        file_id async for file_id in store.ids(tenant_id, older_than_seconds=ORPHANED_AFTER_SECONDS)
    ]
    async with database.transaction(tenant_id) as session:
        known = set((await session.execute(select(FileRow.id))).scalars())
    orphans = [file_id for file_id in old if file_id not in known]
    for file_id in orphans:
        await store.delete(tenant_id, file_id)
    return len(orphans)


def sweep_job(store: FileStore | None = None) -> Job:
    """The daily job that removes bytes without a row from `store`, or from the process's own."""

    async def run(context: JobContext) -> None:
        assert context.tenant_id is not None
        await sweep_files(context.database, store or file_store(), context.tenant_id)

    return Job(name="core.sweep_files", run=run, schedule="41 3 * * *", is_upkeep=True)


def safe_name(name: str) -> str:
    """The last part of `name` without control characters, at most 200 characters, never empty.

    It is only ever shown, and offered as a name for saving; files are stored under their ids.
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    if len(shown) > _LONGEST_NAME:
        stem, dot, extension = shown.rpartition(".")
        keeps = dot and len(extension) < 10  # noqa: PLR2004 - a longer one is no extension
        shown = f"{stem[: _LONGEST_NAME - 10]}.{extension}" if keeps else shown[:_LONGEST_NAME]
    return shown or "file"
