from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_identity.sessions.opaque_token import compose_token, read_token
from dotmac_identity.users.emails import InvalidEmailError, normalised_email
from dotmac_identity.users.lockout import lock_duration, locked_until

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (12, 60), (10**6, 60)],
)
def test_each_failure_past_the_fourth_locks_for_twice_as_long_up_to_an_hour(
    failures: int, minutes: int
) -> None:
    assert lock_duration(failures) == timedelta(minutes=minutes)
    assert locked_until(failures, NOON) == (NOON + timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ann@Example.COM ", "ann@example.com"),
        ("a+b.c@sub.example.co", "a+b.c@sub.example.co"),
        ("åsa@exämple.se", "åsa@exämple.se"),
    ],
)
def test_an_address_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert normalised_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ann",
        "ann@",
        "@example.com",
        "a b@example.com",
        "a@b",
        "a@b@c.de",
        "a@b.c\ud800",
        "a" * 250 + "@b.de",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidEmailError):
        normalised_email(typed)


@given(st.uuids(), st.text(alphabet="abcXYZ019_-", min_size=43, max_size=43))
def test_a_token_says_whose_it_is(tenant_id: UUID, random: str) -> None:
    token = compose_token("dmk", tenant_id, random)

    read = read_token("dmk", token)

    assert read is not None
    assert read.tenant_id == tenant_id
    assert read_token("dmr", token) is None
    assert read_token("dmk", token + "x") is None
