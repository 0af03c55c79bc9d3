"""How long a verification lasts, how often it may be tried and asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

LINK_HOURS = 24
CODE_MINUTES = 10
MOST_ATTEMPTS = 5
"""Wrong codes after which a verification is over, its link included."""

MOST_PER_HOUR = 5
MOST_PER_DAY = 12
"""With five guesses each, 60 of a million codes can be tried a day."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class VerificationKind(StrEnum):
    """What is verified."""

    EMAIL = "email"
    PHONE = "phone"


class VerificationState(StrEnum):
    """How a verification stands, or ended."""

    PENDING = "pending"
    VERIFIED = "verified"
    EXPIRED = "expired"
    FAILED = "failed"
    CANCELLED = "cancelled"


def wait_seconds(asked: Sequence[datetime], now: datetime) -> int:
    """How long to wait before another may be asked for; 0 when it may at once.

    `asked` are the times at which one was asked for during the last day.
    """
    waits = [0.0]
    for most, span in ((MOST_PER_HOUR, _HOUR), (MOST_PER_DAY, _DAY)):
        recent = sorted(at for at in asked if at > now - span)
        if len(recent) >= most:
            waits.append((recent[-most] + span - now).total_seconds())
    return int(-(-max(waits) // 1))
