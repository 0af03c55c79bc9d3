"""The rate limiter by itself, with a clock that the test moves."""

from __future__ import annotations

import pytest

from dotmac_api_gateway.rate_limit import RateLimiter
from dotmac_core_ops.http import network_of


class Stopwatch:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_ten_seconds_worth_may_come_at_once_and_then_the_rate_holds() -> None:
    now = Stopwatch()
    limiter = RateLimiter(120, now=now)

    assert [limiter.wait("ann") for _ in range(20)] == [0] * 20
    assert limiter.wait("ann") == pytest.approx(0.5)
    now.seconds += 0.5
    assert limiter.wait("ann") == 0
    assert limiter.wait("ann") > 0


def test_a_refused_request_does_not_delay_the_next() -> None:
    now = Stopwatch()
    limiter = RateLimiter(60, now=now)
    for _ in range(1000):
        limiter.wait("ann")

    now.seconds += 1

    assert limiter.wait("ann") == 0


def test_a_full_minute_allows_the_rate_and_the_burst() -> None:
    now = Stopwatch()
    limiter = RateLimiter(600, now=now)

    allowed = 0
    for _ in range(6000):
        allowed += limiter.wait("ann") == 0
        now.seconds += 0.01

    assert 690 <= allowed <= 701


def test_keys_at_rest_are_forgotten_first() -> None:
    now = Stopwatch()
    limiter = RateLimiter(60, capacity=100, now=now)
    for number in range(99):
        limiter.wait(number)
    now.seconds += 60
    for _ in range(11):
        limiter.wait("ann")

    limiter.wait("bob")
    limiter.wait("eve")

    assert limiter.wait("ann") > 0
    assert len(limiter) == 3


def test_a_flood_of_keys_takes_no_more_than_the_capacity() -> None:
    limiter = RateLimiter(60, capacity=100, now=Stopwatch())

    for number in range(10_000):
        limiter.wait(number)

    assert len(limiter) <= 100


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("not:an:address", "not:an:address"),
        ("", ""),
    ],
)
def test_a_subscriber_is_counted_once(address: str, network: str) -> None:
    assert network_of(address) == network
