"""A zip archive that is made while it is read, so that it is never held whole anywhere."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

_ENOUGH_BYTES = 256 * 1024


@dataclass(frozen=True)
class ZipEntry:
    """A file of the archive: its path inside, with slashes, and its content."""

    path: str
    chunks: AsyncIterator[bytes]


async def zipped(entries: AsyncIterator[ZipEntry], *, at: datetime) -> AsyncIterator[bytes]:
    """The archive of `entries`, deflated, in chunks; every entry bears the time `at`."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        async for entry in entries:
            info = zipfile.ZipInfo(entry.path, at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as out:
                async for chunk in entry.chunks:
                    await asyncio.to_thread(out.write, chunk)
                    if sink.size > _ENOUGH_BYTES:
                        yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """Collects what is written until it is taken; cannot go back, which zipfile respects."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        part = bytes(data)  # type: ignore[call-overload] # zipfile writes bytes
        self._parts.append(part)
        self.size += len(part)
        return len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts, self.size = [], 0
        return taken
