"""Cutting a stream of events into calls (pure)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import chain
from operator import itemgetter
from typing import TypeVar

T = TypeVar("T")


def batches(
    numbered: Iterable[tuple[int, T]], size: int, *, shares: int, whose: Callable[[T], Hashable]
) -> Iterator[list[tuple[int, T]]]:
    """The items in lists of `size`, the last one shorter; read only as far as asked for.

    What belongs to one owner goes into the same one of `shares` shares, and a list is filled from
    one share, so that lists which are worked on side by side mostly have no owner in common. What
    is left over at the end is taken together, in the order of the numbers.
    """
    waiting: list[list[tuple[int, T]]] = [[] for _ in range(shares)]
    for one in numbered:
        share = hash(whose(one[1])) % shares
        batch = waiting[share]
        batch.append(one)
        if len(batch) == size:
            waiting[share] = []
            yield batch
    rest = sorted(chain.from_iterable(waiting), key=itemgetter(0))
    for first in range(0, len(rest), size):
        yield rest[first : first + size]
