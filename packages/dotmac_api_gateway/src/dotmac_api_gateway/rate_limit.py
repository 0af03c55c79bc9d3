"""How often one client may ask, by the generic cell rate algorithm (GCRA).

Each key has a theoretical arrival time. A request moves it one interval ahead, and is refused when
it runs further ahead of the present than the burst allows: a token bucket in one number a key.

The state is this process's own: with several workers a client may reach several times the rate.
Source: ITU-T I.371, annex A.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

_BURST_SECONDS = 10
_LEAST_BURST = 10


class RateLimiter:
    """Allows `per_minute` requests a minute to each key, of which ten seconds' worth at once.

    Remembers at most `capacity` keys: those at rest are forgotten first, then those known longest.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        capacity: int = 50_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = 60 / per_minute
        self._burst = max(_LEAST_BURST, per_minute * _BURST_SECONDS // 60)
        self._ahead = self._interval * (self._burst - 1)
        self._capacity = capacity
        self._now = now
        self._arrivals: dict[Hashable, float] = {}

    def wait(self, key: Hashable) -> float:
        """Count a request of `key`: 0 if it is allowed, else the seconds until one will be.

        A refused request does not count, so that a client that waits is served.
        """
        now = self._now()
        arrival = self._arrivals.get(key, now)
        if arrival - now > self._ahead:
            return arrival - now - self._ahead
        if key not in self._arrivals and len(self._arrivals) >= self._capacity:
            self._forget(now)
        self._arrivals[key] = max(arrival, now) + self._interval
        return 0

    def __len__(self) -> int:
        return len(self._arrivals)

    def _forget(self, now: float) -> None:
        active = [(key, arrival) for key, arrival in self._arrivals.items() if arrival > now]
        # A flood of new keys must not make every request sweep: a tenth is freed at least.
        keep = self._capacity * 9 // 10
        self._arrivals = dict(active[-keep:] if keep else [])
