"""What every place for files does alike: the interface, and the checks on the way in and out."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from dotmac_core_ops.files.errors import (
    FileCorruptedError,
    FileTooLargeError,
    FileTypeMismatchError,
)
from dotmac_core_ops.files.media_types import TypeCheck

CHUNK_BYTES = 256 * 1024
"""How much is held in memory of a file that passes through."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What was put in: number of bytes, their SHA-256, and the type they proved to be."""

    size: int
    sha256: bytes
    media_type: str


class FileStore(Protocol):
    """A place for files of all tenants: a folder or an S3 bucket; one contract test runs on both.

    A file is known by its tenant and id alone, is written once, and appears whole or not at all.
    """

    async def put(
        self,
        tenant_id: UUID,
        file_id: UUID,
        chunks: AsyncIterator[bytes],
        *,
        media_type: str,
        max_bytes: int,
    ) -> Contents:
        """Store what `chunks` yields.

        Raises:
            FileTooLargeError: more than `max_bytes`; nothing is stored.
            FileTypeMismatchError: not the declared `media_type`; nothing is stored.
            FileExistsAlreadyError: the id is taken.
        """
        ...

    def open(self, tenant_id: UUID, file_id: UUID, *, sha256: bytes) -> AsyncIterator[bytes]:
        """The file in chunks. The last one is handed out only when the checksum is right.

        Raises:
            StoredFileNotFoundError: it is not there.
            FileCorruptedError: these are not the bytes with that SHA-256.
        """
        ...

    async def delete(self, tenant_id: UUID, file_id: UUID) -> None:
        """Remove it; one that is not there is no error."""
        ...

    async def exists(self, tenant_id: UUID, file_id: UUID) -> bool:
        """Whether it is there."""
        ...

    def ids(self, tenant_id: UUID, *, older_than_seconds: int) -> AsyncIterator[UUID]:
        """The tenant's files that have been there for so long, in no order."""
        ...


class Intake:
    """Checks chunks on their way into a store."""

    def __init__(self, media_type: str, max_bytes: int) -> None:
        self._declared = media_type
        self._type = TypeCheck(media_type)
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self._size = 0

    def take(self, chunk: bytes) -> None:
        """Account for the next bytes.

        Raises:
            FileTooLargeError: that is more than is allowed.
            FileTypeMismatchError: no file of the declared type has these bytes.
        """
        self._size += len(chunk)
        if self._size > self._max_bytes:
            raise FileTooLargeError(self._max_bytes)
        if not self._type.feed(chunk):
            raise FileTypeMismatchError(self._declared)
        self._hash.update(chunk)

    def finish(self) -> Contents:
        """What came in.

        Raises:
            FileTypeMismatchError: the whole is not of the declared type.
        """
        if not self._type.end():
            raise FileTypeMismatchError(self._declared)
        return Contents(self._size, self._hash.digest(), self._type.declared)


async def verified(
    chunks: AsyncIterator[bytes], file_id: UUID, sha256: bytes
) -> AsyncIterator[bytes]:
    """`chunks`, each one later than it came, so that a damaged file is never handed out whole.

    Raises:
        FileCorruptedError: the SHA-256 differs.
    """
    digest = hashlib.sha256()
    held = b""
    async for chunk in chunks:
        digest.update(chunk)
        if held:
            yield held
        held = chunk
    if digest.digest() != sha256:
        raise FileCorruptedError(file_id)
    if held:
        yield held
