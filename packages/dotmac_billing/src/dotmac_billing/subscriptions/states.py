"""The states of a subscription and the moves between them."""

from __future__ import annotations

from enum import Enum


class SubscriptionStatus(Enum):
    """`CANCELLED` was ended by a cancellation, `EXPIRED` by the end of the term agreed.

    `TRIALING` is served within its trial; `PAUSED` is neither served nor charged and may go on.
    `INACTIVE` and `SUSPENDED` are names of the public interface that nothing leads to yet.
    """

    PENDING = "pending"
    ACTIVE = "active"
    INACTIVE = "inactive"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    TRIALING = "trialing"
    PAUSED = "paused"


_ENDS = frozenset({SubscriptionStatus.CANCELLED, SubscriptionStatus.EXPIRED})
LEGAL_MOVES: dict[SubscriptionStatus, frozenset[SubscriptionStatus]] = {
    SubscriptionStatus.PENDING: _ENDS | {SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING},
    SubscriptionStatus.TRIALING: _ENDS | {SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED},
    SubscriptionStatus.ACTIVE: _ENDS | {SubscriptionStatus.PAUSED},
    SubscriptionStatus.PAUSED: _ENDS | {SubscriptionStatus.ACTIVE},
    SubscriptionStatus.INACTIVE: frozenset(),
    SubscriptionStatus.SUSPENDED: frozenset(),
    # A customer who is won back.
    SubscriptionStatus.CANCELLED: frozenset({SubscriptionStatus.ACTIVE}),
    SubscriptionStatus.EXPIRED: frozenset({SubscriptionStatus.ACTIVE}),
}


def may_move(before: SubscriptionStatus, after: SubscriptionStatus) -> bool:
    """Whether a subscription may go from one state to the other. Standing still is no move."""
    return after in LEGAL_MOVES[before]
