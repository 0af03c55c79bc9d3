"""A small `clamd`: the INSTREAM command over TCP, with one signature."""

from __future__ import annotations

import asyncio

# Written in two parts, or scanners of the machines that this is developed on would take the file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every virus scanner must find. Source: eicar.org."""

_LARGEST = 30_000_000


class Clamd:
    """Listens on a free port of this machine; the same one after it was stopped and started."""

    def __init__(self) -> None:
        self._port = 0
        self._server: asyncio.Server | None = None
        self.scanned: list[int] = []

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        assert command == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
        self.scanned.append(len(content))
        if len(content) > _LARGEST:
            said = b"INSTREAM size limit exceeded. ERROR"
        elif EICAR in content:
            said = b"stream: Eicar-Signature FOUND"
        else:
            said = b"stream: OK"
        writer.write(said + b"\0")
        await writer.drain()
        writer.close()
