"""How far a document has come on its way to its receiver."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

MOST_ATTEMPTS = 10
"""How often a document is offered to the access point before it has failed: for about a day."""

EVIDENCE_WITHIN = timedelta(days=3)
"""What was sent and is not known to have arrived after this has failed."""

_FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=6)


class DeliveryStatus(Enum):
    """`queued` → `sent` → `delivered`; `failed` is where either ends that comes to nothing."""

    QUEUED = "queued"
    """It waits to be offered to the access point, the first time or again."""
    SENT = "sent"
    """The access point has taken it; the receiver's has not confirmed it yet."""
    DELIVERED = "delivered"
    """The receiver's access point has confirmed it."""
    FAILED = "failed"
    """It was refused or given up; the reason is kept with it."""


class SentKind(Enum):
    """What is sent; a debit note is an invoice."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts, from 1: 5 minutes, doubled each time up to 6 hours.

    The ten attempts before a document has failed take 22 hours and 35 minutes.
    """
    # Capped before it is doubled: a delivery that is looked after for days has many attempts.
    doublings = min(attempts - 1, 10)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)
