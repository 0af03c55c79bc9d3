r"""ClamAV's daemon, spoken to over its socket with INSTREAM.

Source: clamd(8): `zINSTREAM\\0`, then chunks of a four-byte big-endian length and so many bytes,
ended by a length of zero; the answer is `stream: OK`, `stream: <name> FOUND`, or an ERROR.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import cache

from dotmac_core_ops.settings import load_settings
from dotmac_customers.documents.scanning import Scanner, ScannerUnavailableError, Verdict

_UNIX = "unix:"
_ANSWER_SECONDS = 60
_instead: list[Scanner | None] = []


class ClamAvScanner:
    """Asks the `clamd` at `address`: `host:port`, or `unix:` and the path of its socket."""

    def __init__(self, address: str, *, answer_seconds: float = _ANSWER_SECONDS) -> None:
        self._address = address
        self._answer_seconds = answer_seconds

    async def scan(self, chunks: AsyncIterator[bytes]) -> Verdict:
        """What `clamd` says about `chunks`.

        Raises:
            ScannerUnavailableError: it cannot be reached, takes too long, or answers otherwise.
        """
        try:
            async with asyncio.timeout(self._answer_seconds):
                return _verdict(await self._ask(chunks))
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise ScannerUnavailableError(type(error).__name__) from error

    async def _ask(self, chunks: AsyncIterator[bytes]) -> str:
        if self._address.startswith(_UNIX):
            path = self._address.removeprefix(_UNIX)
            reader, writer = await asyncio.open_unix_connection(path)
        else:
            host, _, port = self._address.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(b"zINSTREAM\0")
            async for chunk in chunks:
                if chunk:  # an empty one would end the stream
                    writer.write(len(chunk).to_bytes(4, "big") + chunk)
                    await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace")
        finally:
            writer.close()


def _verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Verdict()
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND"))
    raise ScannerUnavailableError(said[:200])


def scanner() -> Scanner | None:
    """What CLAMAV_ADDRESS names, or what stands in for it; None where nothing is configured."""
    return _instead[-1] if _instead else _configured()


@contextmanager
def scanning_by(chosen: Scanner | None) -> Iterator[None]:
    """Let `chosen` stand in for what is configured, in this process, until the block ends."""
    _instead.append(chosen)
    try:
        yield
    finally:
        _instead.pop()


@cache
def _configured() -> Scanner | None:
    address = load_settings().clamav_address
    return None if address is None else ClamAvScanner(address)
