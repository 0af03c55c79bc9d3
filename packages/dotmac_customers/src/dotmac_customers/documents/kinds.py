"""What documents there are, and how far each has come."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

ANNOUNCED_DAYS = (30, 7)
"""So many days before a document expires it is announced, once each."""


class DocumentKind(StrEnum):
    """What a document is."""

    ID_CARD = "id_card"
    PASSPORT = "passport"
    DRIVING_LICENSE = "driving_license"
    BUSINESS_REGISTRATION = "business_registration"
    TAX_ID = "tax_id"
    UTILITY_BILL = "utility_bill"
    CONTRACT = "contract"
    OTHER = "other"


class Verification(StrEnum):
    """Whether somebody looked at the document, and what they found."""

    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"
    EXPIRED = "expired"


class ScanState(StrEnum):
    """Whether the bytes were looked through for viruses.

    `skipped` is what comes in while no scanner is configured. Only `clean` and `skipped` ones are
    handed out.
    """

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"
    SKIPPED = "skipped"

    @property
    def may_leave(self) -> bool:
        """Whether the bytes may be handed to somebody."""
        return self in {ScanState.CLEAN, ScanState.SKIPPED}


def days_to_announce(expires_on: date, today: date, announced: int | None) -> int | None:
    """The announcement that is due: the least of `ANNOUNCED_DAYS` that is reached and not made.

    `days_to_announce(date(2026, 12, 1), date(2026, 11, 20), None)` is 30; None when it has expired,
    is far away, or was announced. `announced` is the last one made, in days.
    """
    left = (expires_on - today).days
    reached = [days for days in ANNOUNCED_DAYS if 0 <= left <= days]
    if not reached or (announced is not None and announced <= min(reached)):
        return None
    return min(reached)
