"""Principals that were verified a moment ago."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from dotmac_core_ops.principal import Principal


class PrincipalCache:
    """The latest verified principals by token digest, each until a moment of a monotonic clock.

    The longest unused is dropped first when there are more than `size`.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[bytes, tuple[Principal, float]] = OrderedDict()
        self.generation = 0

    def get(self, digest: bytes, now: float) -> Principal | None:
        """The principal, if it was put in and its time has not come."""
        entry = self._entries.get(digest)
        if entry is None:
            return None
        if entry[1] <= now:
            del self._entries[digest]
            return None
        self._entries.move_to_end(digest)
        return entry[0]

    def put(self, digest: bytes, principal: Principal, until: float, generation: int) -> None:
        """Keep `principal` until `until`, unless something was forgotten since `generation`.

        Whoever looks a principal up notes the generation first: what they found may be what has
        been revoked in between.
        """
        if generation != self.generation:
            return
        self._entries[digest] = (principal, until)
        self._entries.move_to_end(digest)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def forget(self, matches: Callable[[Principal], bool]) -> None:
        """Drop every principal that `matches`."""
        self.generation += 1
        for digest in [key for key, entry in self._entries.items() if matches(entry[0])]:
            del self._entries[digest]
