from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_core_ops.database import new_id
from dotmac_customers.communication.topics import ContactChannel, Topic
from dotmac_customers.communication.unsubscribing.token import (
    Subscription,
    compose_link_token,
    is_genuine,
    read_link_token,
)

KEY = bytes(range(32))
MINE = Subscription(new_id(), new_id(), ContactChannel.EMAIL, Topic.MARKETING)


def test_a_link_says_what_it_is_about_and_is_genuine() -> None:
    signed = read_link_token(compose_link_token(MINE, KEY))

    assert signed is not None
    assert signed.subscription == MINE
    assert is_genuine(signed, KEY)
    assert not is_genuine(signed, bytes(32))


@given(st.integers(0, 65), st.integers(1, 255))
def test_no_byte_of_a_link_can_be_changed(place: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(compose_link_token(MINE, KEY)))
    raw[place] ^= change

    signed = read_link_token(base64.urlsafe_b64encode(bytes(raw)).decode())

    assert signed is None or not is_genuine(signed, KEY)


@given(st.text())
def test_any_text_is_read_without_harm(text: str) -> None:
    signed = read_link_token(text)

    assert signed is None or not is_genuine(signed, KEY)


@pytest.mark.parametrize("cut", [0, 1, 44, 87])
def test_a_link_that_was_cut_short_is_none(cut: int) -> None:
    assert read_link_token(compose_link_token(MINE, KEY)[:cut]) is None
