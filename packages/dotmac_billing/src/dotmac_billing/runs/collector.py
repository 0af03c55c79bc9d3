"""Python's collector of cycles during a bill run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# Objects made and not freed before the collector looks for cycles, instead of 700.
_PATIENCE = 500_000


@dataclass(slots=True)
class _Runs:
    """How many runs are under way, and what held before the first of them."""

    count: int = 0
    before: tuple[int, int, int] = field(default_factory=gc.get_threshold)


_runs = _Runs()


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the collector of cycles look rarely within the block: two fifths of a run's time.

    A chunk holds some hundred thousand tuples, none of them in a cycle, and by default they are
    looked through again and again while it is made. Counting references frees them all the same, so
    memory stays flat. Blocks may overlap; the last to end puts things as they were.
    """
    if not _runs.count:
        _runs.before = gc.get_threshold()
        gc.set_threshold(_PATIENCE, *_runs.before[1:])
    _runs.count += 1
    try:
        yield
    finally:
        _runs.count -= 1
        if not _runs.count:
            gc.set_threshold(*_runs.before)
