"""Clients that post prepared bodies as fast as they are answered, and one that reads meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from time import perf_counter

_LENGTH = b"content-length:"


class Line:
    """A connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __call__(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        assert self._reader is not None
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lowered = head.lower()
        at = lowered.index(_LENGTH) + len(_LENGTH)
        body = await self._reader.readexactly(int(lowered[at:].split(b"\r\n", 1)[0]))
        return int(head[9:12]), body

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def post_all(port: int, requests: Sequence[bytes], connections: int) -> tuple[float, int]:
    """Seconds that all of them take, and how many were not answered with 200."""
    rest = iter(requests)
    begun = perf_counter()
    failures = await asyncio.gather(*(_post(port, rest) for _ in range(connections)))
    return perf_counter() - begun, sum(failures)


async def _post(port: int, rest: Iterator[bytes]) -> int:
    line, failures = Line(port), 0
    for one in rest:
        status, _ = await line(one)
        failures += status != 200
    line.close()
    return failures


async def read_until(port: int, requests: Sequence[bytes], done: asyncio.Event) -> list[float]:
    """Read one after the other, over and over, until `done`; the seconds of each."""
    line, taken = Line(port), []
    while not done.is_set():
        for one in requests:
            begun = perf_counter()
            status, _ = await line(one)
            taken.append(perf_counter() - begun)
            assert status == 200, status
            if done.is_set():
                break
            await asyncio.sleep(0.005)
    line.close()
    return taken
