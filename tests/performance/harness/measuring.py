"""What work costs: time, processor time of the program and of PostgreSQL, the largest size."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar, TypeVarTuple

import psutil

Given = TypeVarTuple("Given")
T = TypeVar("T")


@dataclass
class Usage:
    """What a piece of work took, in seconds and megabytes; filled in when it is done."""

    seconds: float = 0
    program_cpu: float = 0
    server_cpu: float = 0
    peak_mb: float = 0

    @property
    def cpu(self) -> float:
        """Of the program and PostgreSQL together."""
        return self.program_cpu + self.server_cpu


@contextmanager
def usage(postmaster: int | None) -> Iterator[Usage]:
    """Measures what is done inside, by this process and by PostgreSQL.

    The largest size is that of the whole life of this process, so each piece of work gets one of
    its own.
    """
    used = Usage()
    server, program, began = server_cpu(postmaster), process_time(), perf_counter()
    yield used
    used.seconds = perf_counter() - began
    used.program_cpu = process_time() - program
    used.server_cpu = server_cpu(postmaster) - server
    used.peak_mb = peak_mb()


def server_cpu(postmaster: int | None) -> float:
    """Processor seconds of PostgreSQL up to now: all its processes, those that have ended too."""
    if postmaster is None:
        return 0
    return tree_cpu(psutil.Process(postmaster))


def tree_cpu(root: psutil.Process) -> float:
    """Processor seconds of a process, its children, and its children that have ended."""
    times = root.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in root.children(recursive=True):
        try:
            spent = child.cpu_times()
        except psutil.NoSuchProcess:
            continue  # it has ended since, and is counted with its parent from now on
        total += spent.user + spent.system
    return total


def peak_mb(pid: int | None = None) -> float:
    """The largest resident size that a process has had; of this one without `pid`."""
    status = Path(f"/proc/{pid or 'self'}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024  # bytes on macOS


async def alone(work: Callable[[*Given], Awaitable[T]], *args: *Given) -> T:
    """What `work` returns when it is done in a new process, whose memory and caches are empty."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        done = process.submit(_run, work, args)
        return await asyncio.wrap_future(done)


def _run(work: Callable[..., Awaitable[T]], args: tuple[object, ...]) -> T:
    async def inside() -> T:
        return await work(*args)

    return asyncio.run(inside())
