from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dotmac_core_ops.database import new_id
from dotmac_customers.verification.evidence import (
    code_digest,
    code_matches,
    compose_token,
    read_token,
    token_digest,
)
from dotmac_customers.verification.terms import wait_seconds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def minutes_ago(*minutes: int) -> list[datetime]:
    return [NOW - timedelta(minutes=one) for one in minutes]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        (minutes_ago(), 0),
        (minutes_ago(1, 2, 3, 4), 0),
        (minutes_ago(1, 2, 3, 4, 50), 600),
        (minutes_ago(1, 2, 3, 4, 60), 0),
        (minutes_ago(1, 2, 3, 50, 55, 59), 300),
        (minutes_ago(*range(100, 1300, 100)), 24 * 3600 - 1200 * 60),
        (minutes_ago(*range(100, 1200, 100)), 0),
    ],
)
def test_how_long_to_wait_for_another_code(asked: list[datetime], seconds: int) -> None:
    assert wait_seconds(asked, NOW) == seconds


def test_what_is_kept_of_a_code_tells_neither_it_nor_that_two_are_alike() -> None:
    first, second = new_id(), new_id()

    assert code_matches(first, "042137", code_digest(first, "042137"))
    assert not code_matches(first, "042138", code_digest(first, "042137"))
    assert code_digest(first, "042137") != code_digest(second, "042137")


def test_a_token_says_whose_it_is() -> None:
    tenant_id = new_id()
    token = compose_token(tenant_id, "x" * 43)

    link = read_token(token)

    assert link is not None
    assert (link.tenant_id, link.digest) == (tenant_id, token_digest(token))
    assert read_token(token[:-1]) is None
    assert read_token(token + "\n") is None
