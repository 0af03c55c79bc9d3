"""The words of wallets: where credit came from, and what happened to it."""

from __future__ import annotations

from enum import Enum


class GrantSource(Enum):
    """Where the credit of a grant came from."""

    TOP_UP = "top_up"
    PROMOTION = "promotion"
    RECURRING = "recurring"
    ROLLOVER = "rollover"


class MovementKind(Enum):
    """What happened to a grant. `granted` adds to it, `returned` what was drawn and is void."""

    GRANTED = "granted"
    DRAWN = "drawn"
    RETURNED = "returned"
    EXPIRED = "expired"
    VOIDED = "voided"
    ROLLED_OVER = "rolled_over"
