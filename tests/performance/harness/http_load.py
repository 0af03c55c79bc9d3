"""A client that asks as fast as it is answered, over a few connections that stay open."""

from __future__ import annotations

import random
import selectors
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

CONNECTIONS = 4
_PATIENCE_SECONDS = 5.0
_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True)
class Load:
    """What came of it: answers in `seconds`, those that were not 2xx, and how long half took."""

    answers: int
    failures: int
    seconds: float
    median_ms: float


class _Line:
    """One connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = 0.0
        self._received = b""

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self.asked = perf_counter()
        self.socket.sendall(request)

    def answer(self) -> bool | None:
        """Whether the answer is 2xx; None while it has not arrived to its end.

        Raises:
            ConnectionError: the server hung up.
        """
        got = self.socket.recv(262_144)
        if not got:
            raise ConnectionError("the server closed the connection")
        self._received += got
        head, found, body = self._received.partition(_END)
        if not found or len(body) < _length(head):
            return None
        self._received = b""
        return head[9:10] == b"2"


def load(port: int, requests: Sequence[bytes], *, seconds: float) -> Load:
    """Ask for `requests` in random order for so many seconds.

    Raises:
        ConnectionError, TimeoutError: the server is gone, or does not answer for five seconds.
    """
    chance = random.Random(2026)  # noqa: S311 (not a secret)
    lines = [_Line(port) for _ in range(CONNECTIONS)]
    took: list[float] = []
    failures = 0
    with selectors.DefaultSelector() as ready:
        for line in lines:
            ready.register(line.socket, selectors.EVENT_READ, line)
            line.ask(chance.choice(requests))
        now = begin = perf_counter()
        while now < begin + seconds:
            events = ready.select(_PATIENCE_SECONDS)
            if not events:
                raise TimeoutError("no answer")
            for key, _ in events:
                line = key.data
                good = line.answer()
                if good is None:
                    continue
                now = perf_counter()
                took.append(now - line.asked)
                failures += not good
                line.ask(chance.choice(requests))
        for line in lines:
            line.socket.close()
    took.sort()
    return Load(len(took), failures, now - begin, took[len(took) // 2] * 1000 if took else 0)


def get(path: str, headers: dict[str, str]) -> bytes:
    """A request for `path`, as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.index(_LENGTH) + len(_LENGTH)
    return int(lowered[at:].split(b"\r\n", 1)[0])
