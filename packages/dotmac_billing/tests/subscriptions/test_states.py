from __future__ import annotations

import pytest

from dotmac_billing.subscriptions.states import SubscriptionStatus, may_move

PENDING, ACTIVE = SubscriptionStatus.PENDING, SubscriptionStatus.ACTIVE
CANCELLED, EXPIRED = SubscriptionStatus.CANCELLED, SubscriptionStatus.EXPIRED
TRIALING, PAUSED = SubscriptionStatus.TRIALING, SubscriptionStatus.PAUSED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PENDING, ACTIVE),
        (PENDING, TRIALING),
        (TRIALING, ACTIVE),
        (TRIALING, PAUSED),
        (TRIALING, CANCELLED),
        (ACTIVE, PAUSED),
        (PAUSED, ACTIVE),
        (PAUSED, CANCELLED),
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
def test_what_has_ended_comes_back_only_as_active(
    before: SubscriptionStatus, after: SubscriptionStatus
) -> None:
    assert may_move(before, after) is (after is ACTIVE)


def test_an_active_subscription_is_never_pending_again() -> None:
    assert not may_move(ACTIVE, PENDING)


def test_a_trial_is_not_had_twice() -> None:
    assert not any(may_move(before, TRIALING) for before in (ACTIVE, PAUSED, CANCELLED, EXPIRED))
