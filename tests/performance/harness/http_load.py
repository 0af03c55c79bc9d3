"""Clients that ask as fast as they are answered, over a few connections that stay open.

`wrk` where it is installed; else one of our own, which costs a few microseconds more a request.
"""

from __future__ import annotations

import json
import random
import re
import selectors
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

CONNECTIONS = 4
_PATIENCE_SECONDS = 5.0
_END = b"\r\n\r\n"
_LENGTH = b"content-length:"

# Asks for the lines of a file in random order.
_SCRIPT = """
local paths = {{}}
for line in io.lines({paths}) do paths[#paths + 1] = line end
math.randomseed(2026)
request = function() return wrk.format("GET", paths[math.random(#paths)]) end
"""
_WRK_DONE = re.compile(r"(\d+) requests in ([\d.]+)(ms|s|m)")
_WRK_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_WRK_BROKEN = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60}


@dataclass(frozen=True)
class Load:
    """What came of it: answers in `seconds`, and how many of them were not 2xx."""

    answers: int
    failures: int
    seconds: float


def client() -> str:
    """Which one is used, for the report."""
    return "wrk" if shutil.which("wrk") else "our own client"


def load(port: int, paths: Sequence[str], headers: dict[str, str], *, seconds: float) -> Load:
    """Ask for `paths` in random order for so many seconds.

    Raises:
        ConnectionError, TimeoutError: the server is gone, or does not answer for five seconds.
    """
    if shutil.which("wrk"):
        return _wrk(port, paths, headers, seconds)
    return _own(port, [_request(path, headers) for path in paths], seconds)


def _wrk(port: int, paths: Sequence[str], headers: dict[str, str], seconds: float) -> Load:
    with TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "paths.lua"
        listed.write_text("\n".join(paths) + "\n")
        script.write_text(_SCRIPT.format(paths=json.dumps(str(listed))))
        whole = max(1, round(seconds))  # wrk knows no part of a second
        given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        done = subprocess.run(
            [
                *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{whole}s", "-s", str(script), *given),
                f"http://127.0.0.1:{port}",
            ],
            capture_output=True,
            check=True,
            text=True,
            timeout=whole + 30,
        )
    said = done.stdout
    if broken := _WRK_BROKEN.search(said):
        raise ConnectionError(broken.group())
    counted, refused = _WRK_DONE.search(said), _WRK_REFUSED.search(said)
    assert counted is not None, said
    took = float(counted[2]) * _UNIT_SECONDS[counted[3]]
    return Load(int(counted[1]), int(refused[1]) if refused else 0, took)


class _Line:
    """One connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

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


def _own(port: int, requests: Sequence[bytes], seconds: float) -> Load:
    chance = random.Random(2026)  # noqa: S311 (not a secret)
    lines = [_Line(port) for _ in range(CONNECTIONS)]
    answers = failures = 0
    with selectors.DefaultSelector() as ready:
        for line in lines:
            ready.register(line.socket, selectors.EVENT_READ, line)
            line.socket.sendall(chance.choice(requests))
        now = begin = perf_counter()
        while now < begin + seconds:
            events = ready.select(_PATIENCE_SECONDS)
            if not events:
                raise TimeoutError("no answer")
            for key, _ in events:
                good = key.data.answer()
                if good is not None:
                    answers += 1
                    failures += not good
                    key.data.socket.sendall(chance.choice(requests))
            now = perf_counter()
        for line in lines:
            line.socket.close()
    return Load(answers, failures, now - begin)


def _request(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.index(_LENGTH) + len(_LENGTH)
    return int(lowered[at:].split(b"\r\n", 1)[0])
