"""How long an account, or an address, stays locked after failures to sign in."""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_ATTEMPTS = 4
"""Failures in a row that have no consequence; the next one locks."""

FREE_OF_NETWORK = 30
"""The same for all accounts together from one address, which an office may share."""

FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)


def lock_duration(failures: int, *, free: int = FREE_ATTEMPTS) -> timedelta:
    """How long `failures` in a row lock an account: nothing, 1 minute, then doubling to 1 hour.

    The first `free` of them have no consequence.

    `[lock_duration(n) for n in (4, 5, 6, 7)]` is 0, 1, 2 and 4 minutes.
    """
    if failures <= free:
        return timedelta(0)
    doublings = min(failures - free - 1, 10)  # 2**10 minutes is past the longest already
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def locked_until(failures: int, now: datetime, *, free: int = FREE_ATTEMPTS) -> datetime | None:
    """Until when (not included) an account is locked whose latest of `failures` was `now`."""
    duration = lock_duration(failures, free=free)
    return now + duration if duration else None
