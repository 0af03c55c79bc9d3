"""Cutting a stream of events into calls (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of `size`, the last one shorter; read only as far as asked for."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
