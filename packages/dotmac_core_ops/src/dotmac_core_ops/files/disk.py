"""Files in a folder."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from dotmac_core_ops.clock import Clock, SystemClock
from dotmac_core_ops.files.errors import FileExistsAlreadyError, StoredFileNotFoundError
from dotmac_core_ops.files.store import CHUNK_BYTES, Contents, Intake, verified

_PART = ".part"


class DiskFiles:
    """Files under `root/<tenant>/<two letters>/<id>`, readable by this system user only.

    Names are made of ids, so nothing that anybody calls a file can lead out of the folder.
    Processes on several machines need a folder that all of them mount, or S3.
    """

    def __init__(self, root: Path, *, clock: Clock | None = None) -> None:
        self._root = root
        self._clock: Clock = clock or SystemClock()

    async def put(
        self,
        tenant_id: UUID,
        file_id: UUID,
        chunks: AsyncIterator[bytes],
        *,
        media_type: str,
        max_bytes: int,
    ) -> Contents:
        """Store what `chunks` yields; see `FileStore.put`."""
        target = self._path(tenant_id, file_id)
        intake = Intake(media_type, max_bytes)
        part, out = await asyncio.to_thread(_create, target)
        try:
            with out:
                async for chunk in chunks:
                    intake.take(chunk)
                    await asyncio.to_thread(out.write, chunk)
                contents = intake.finish()
                await asyncio.to_thread(_flush, out)
            try:
                await asyncio.to_thread(_publish, part, target)
            except FileExistsError as error:
                raise FileExistsAlreadyError(file_id) from error
        finally:
            part.unlink(missing_ok=True)
        return contents

    async def open(self, tenant_id: UUID, file_id: UUID, *, sha256: bytes) -> AsyncIterator[bytes]:
        """The file in chunks; see `FileStore.open`."""
        try:
            source = await asyncio.to_thread(self._path(tenant_id, file_id).open, "rb")
        except FileNotFoundError as error:
            raise StoredFileNotFoundError(file_id) from error
        with source:
            async for chunk in verified(_read(source), file_id, sha256):
                yield chunk

    async def delete(self, tenant_id: UUID, file_id: UUID) -> None:
        """Remove it; one that is not there is no error."""
        await asyncio.to_thread(self._path(tenant_id, file_id).unlink, missing_ok=True)

    async def exists(self, tenant_id: UUID, file_id: UUID) -> bool:
        """Whether it is there."""
        return await asyncio.to_thread(self._path(tenant_id, file_id).is_file)

    async def ids(self, tenant_id: UUID, *, older_than_seconds: int) -> AsyncIterator[UUID]:
        """The tenant's files that have been there for so long; remains of uploads are removed."""
        before = self._clock.now().timestamp() - older_than_seconds
        for file_id in await asyncio.to_thread(lambda: list(self._ids(tenant_id, before))):
            yield file_id

    def _ids(self, tenant_id: UUID, before: float) -> Iterator[UUID]:
        for path in self._folder(tenant_id).glob("*/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime > before:
                    continue
                if path.suffix == _PART:
                    path.unlink()
                    continue
                yield UUID(path.name)

    def _folder(self, tenant_id: UUID) -> Path:
        return self._root / str(UUID(str(tenant_id)))

    def _path(self, tenant_id: UUID, file_id: UUID) -> Path:
        name = str(UUID(str(file_id)))
        # A UUIDv7 begins with the time and ends at random: the end spreads files over folders.
        return self._folder(tenant_id) / name[-2:] / name


def _create(target: Path) -> tuple[Path, BinaryIO]:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}{_PART}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return part, os.fdopen(descriptor, "wb")


def _flush(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def _publish(part: Path, target: Path) -> None:
    # A hard link, unlike a rename, does not replace a file that is there.
    os.link(part, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _read(source: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(source.read, CHUNK_BYTES):
        yield chunk
