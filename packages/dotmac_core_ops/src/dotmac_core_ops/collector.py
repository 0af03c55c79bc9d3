"""Python's collector of cycles during bulk work."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# Objects made and not freed before the collector looks for cycles, instead of 700.
_PATIENCE = 500_000


@dataclass(slots=True)
class _Works:
    """How many works are under way, and what held before the first of them."""

    count: int = 0
    before: tuple[int, int, int] = field(default_factory=gc.get_threshold)


_works = _Works()


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the collector of cycles look rarely within the block: two fifths of a bill run's time.

    A chunk of bulk work holds some hundred thousand tuples, none of them in a cycle, and by default
    they are looked through again and again while it is made. Counting references frees them all the
    same, so memory stays flat. Blocks may overlap; the last to end puts things as they were.
    """
    if not _works.count:
        _works.before = gc.get_threshold()
        gc.set_threshold(_PATIENCE, *_works.before[1:])
    _works.count += 1
    try:
        yield
    finally:
        _works.count -= 1
        if not _works.count:
            gc.set_threshold(*_works.before)


def keep_for_good() -> None:
    """Let the collector of cycles never look again at what there is by now.

    For a server that has just been put together: its routes and schemas are some hundred thousand
    objects that stay until the end, and looking through them stops every request for a third of a
    second each time.
    """
    gc.collect()
    gc.freeze()
