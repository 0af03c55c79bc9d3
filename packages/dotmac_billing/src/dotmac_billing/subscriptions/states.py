"""The states of a subscription and the moves between them."""

from __future__ import annotations

from enum import Enum


class SubscriptionStatus(Enum):
    """`CANCELLED` was ended by a cancellation, `EXPIRED` by the term agreed at its start.

    `INACTIVE` and `SUSPENDED` are names of the public interface that nothing leads to yet.
    """

    PENDING = "pending"
    ACTIVE = "active"
    INACTIVE = "inactive"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


LEGAL_MOVES: dict[SubscriptionStatus, frozenset[SubscriptionStatus]] = {
    SubscriptionStatus.PENDING: frozenset(
        {SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED, SubscriptionStatus.EXPIRED}
    ),
    SubscriptionStatus.ACTIVE: frozenset(
        {SubscriptionStatus.CANCELLED, SubscriptionStatus.EXPIRED}
    ),
    SubscriptionStatus.INACTIVE: frozenset(),
    SubscriptionStatus.SUSPENDED: frozenset(),
    SubscriptionStatus.CANCELLED: frozenset(),
    SubscriptionStatus.EXPIRED: frozenset(),
}


def may_move(before: SubscriptionStatus, after: SubscriptionStatus) -> bool:
    """Whether a subscription may go from one state to the other. Standing still is no move."""
    return after in LEGAL_MOVES[before]
