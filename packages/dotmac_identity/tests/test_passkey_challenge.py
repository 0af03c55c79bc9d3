from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from dotmac_identity.passkeys.ceremony import is_copy
from dotmac_identity.passkeys.challenge import Ceremony, Purpose, expires_at, new_challenge
from dotmac_identity.passkeys.user_handle import read_user_handle, user_handle

KEY = "a-key-for-tests-of-more-than-32-characters"
NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
ALONE = Purpose(Ceremony.ALONE)
FIVE_MINUTES = timedelta(minutes=5)


def test_a_challenge_says_itself_until_when_it_is_good() -> None:
    challenge = new_challenge(KEY, ALONE, b"n" * 16, NOW)
    last = NOW + FIVE_MINUTES - timedelta(microseconds=1)

    assert expires_at(challenge, KEY, ALONE, NOW) == NOW + FIVE_MINUTES
    assert expires_at(challenge, KEY, ALONE, last) == NOW + FIVE_MINUTES
    assert expires_at(challenge, KEY, ALONE, NOW + FIVE_MINUTES) is None


@pytest.mark.parametrize(
    ("key", "purpose"),
    [
        ("another-key-for-tests-of-more-than-32-characters", ALONE),
        (KEY, Purpose(Ceremony.ADD)),
        (KEY, Purpose(Ceremony.SECOND_STEP)),
        (KEY, Purpose(Ceremony.ALONE, b"somebody")),
    ],
)
def test_a_challenge_is_good_for_its_purpose_and_under_its_key(key: str, purpose: Purpose) -> None:
    challenge = new_challenge(KEY, ALONE, b"n" * 16, NOW)

    assert expires_at(challenge, key, purpose, NOW) is None


def test_no_bit_of_a_challenge_can_be_changed() -> None:
    challenge = new_challenge(KEY, ALONE, b"n" * 16, NOW)

    for place in range(len(challenge)):
        changed = bytearray(challenge)
        changed[place] ^= 1
        assert expires_at(bytes(changed), KEY, ALONE, NOW) is None, place
    for longer_or_shorter in (b"", challenge[:-1], challenge + b"x", b"x" + challenge):
        assert expires_at(longer_or_shorter, KEY, ALONE, NOW) is None


@pytest.mark.parametrize(
    ("counts", "after", "copy"),
    [
        (1, 0, False),
        (7, 6, False),
        (2**32 - 1, 6, False),
        (0, 0, False),  # it does not count
        (6, 6, True),
        (5, 6, True),
        (0, 6, True),  # one that counted has not forgotten how
    ],
)
def test_a_counter_that_does_not_grow_is_a_copys(counts: int, after: int, copy: bool) -> None:
    assert is_copy(counts, after=after) is copy


def test_a_handle_names_tenant_and_user() -> None:
    tenant_id, user_id = uuid4(), uuid4()
    handle = user_handle(tenant_id, user_id)

    assert read_user_handle(handle) == (tenant_id, user_id)
    assert read_user_handle(None) is read_user_handle(handle[:-1]) is read_user_handle(b"") is None
