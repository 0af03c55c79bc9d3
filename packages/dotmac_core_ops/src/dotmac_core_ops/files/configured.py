"""The one file store of this process, for routes and jobs alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from dotmac_core_ops.files.opening import open_file_store
from dotmac_core_ops.files.store import FileStore
from dotmac_core_ops.settings import load_settings

_instead: list[FileStore] = []


def file_store() -> FileStore:
    """The store of the environment's settings, opened once, or the one that stands in for it."""
    return _instead[-1] if _instead else _configured()


@contextmanager
def keeping_files_in(store: FileStore) -> Iterator[None]:
    """Let `store` stand in for what is configured, in this process, until the block ends."""
    _instead.append(store)
    try:
        yield
    finally:
        _instead.remove(store)


@cache
def _configured() -> FileStore:
    return open_file_store(load_settings())
