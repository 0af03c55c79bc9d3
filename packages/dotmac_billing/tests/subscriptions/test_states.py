from __future__ import annotations

import pytest

from dotmac_billing.subscriptions.states import SubscriptionStatus, may_move

PENDING, ACTIVE = SubscriptionStatus.PENDING, SubscriptionStatus.ACTIVE
CANCELLED, EXPIRED = SubscriptionStatus.CANCELLED, SubscriptionStatus.EXPIRED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PENDING, ACTIVE),
        (PENDING, CANCELLED),
        (PENDING, EXPIRED),
        (ACTIVE, CANCELLED),
        (ACTIVE, EXPIRED),
    ],
)
def test_a_subscription_may_go_forward(
    before: SubscriptionStatus, after: SubscriptionStatus
) -> None:
    assert may_move(before, after)


@pytest.mark.parametrize("before", [CANCELLED, EXPIRED])
@pytest.mark.parametrize("after", list(SubscriptionStatus))
def test_what_has_ended_stays_ended(before: SubscriptionStatus, after: SubscriptionStatus) -> None:
    assert not may_move(before, after)


def test_an_active_subscription_is_never_pending_again() -> None:
    assert not may_move(ACTIVE, PENDING)
