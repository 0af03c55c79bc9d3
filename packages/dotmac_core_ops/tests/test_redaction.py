from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_core_ops.logging import REDACTED, redact, redact_secrets
from dotmac_core_ops.logging.redaction import mask_text


@pytest.mark.parametrize(
    "key",
    [
        *("password", "PASSWORD", "new_password", "smtpPassword", "secret", "SECRET_KEY"),
        *("token", "access_token", "refreshToken", "Authorization", "api_key", "X-Api-Key"),
        *("card", "card_number", "cvc", "cookie", "Set-Cookie", "private_key", "iban"),
        *("webhook_secret", "apikey", "client_secret", "psk"),
    ],
)
def test_a_value_under_the_name_of_a_secret_is_removed_everywhere(key: str) -> None:
    assert redact({key: "tops3cret"}) == {key: REDACTED}
    assert redact_secrets({key: {"inside": ["tops3cret"]}}) == {key: REDACTED}


@pytest.mark.parametrize(
    "key",
    [
        *("email", "Email", "billing_email", "phone", "mobile_phone", "name", "first_name"),
        *("lastName", "customer_name", "address", "billing_address", "street", "postal_code"),
        *("date_of_birth", "username", "remote_address"),
    ],
)
def test_personal_data_stays_out_of_logs_and_may_stand_in_the_audit_log(key: str) -> None:
    assert redact({key: "Ann Example"}) == {key: REDACTED}
    assert redact_secrets({key: "Ann Example"}) == {key: "Ann Example"}


@pytest.mark.parametrize(
    "key",
    [
        *("customer_id", "token_count", "card_expired", "password_changed_at", "address_id"),
        *("discard", "tokenizer", "renamed", "monkey", "keys", "action", "job", "number"),
        *("streetcar", "phone_kind", "status", "spinning", "company"),
    ],
)
def test_a_key_that_only_resembles_one_is_kept(key: str) -> None:
    assert redact({key: "kept"}) == {key: "kept"}


def test_nested_structures_are_cleaned_at_every_depth() -> None:
    event = {
        "customers": [
            {"id": 7, "contact": {"email": "ann@example.org", "tags": ("vip", "a@b.example")}},
            {"id": 8, "login": {"password": {"hash": "x"}}},
        ],
        "note": "write to ann@example.org soon",
    }

    assert redact(event) == {
        "customers": [
            {"id": 7, "contact": {"email": REDACTED, "tags": ["vip", REDACTED]}},
            {"id": 8, "login": {"password": REDACTED}},
        ],
        "note": f"write to {REDACTED} soon",
    }


def test_what_was_given_is_not_changed() -> None:
    event = {"login": {"password": "x"}}

    redact(event)

    assert event == {"login": {"password": "x"}}


def test_a_structure_without_end_is_cut_off() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless

    assert REDACTED in str(redact(endless))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://dotmac:pw@db/x", f"postgresql://dotmac:{REDACTED}@db/x"),
        ("redis://:pw@cache:6379/0", f"redis://:{REDACTED}@cache:6379/0"),
        ("Authorization: Bearer abcdef123456", f"Authorization: Bearer {REDACTED}"),
        ("key sk_live_abcdefgh1234 refused", f"key sk_{REDACTED} refused"),
        ("got eyJhbGciOi.eyJzdWIi.c2ln back", f"got {REDACTED} back"),
        ("card 4242 4242 4242 4242 declined", f"card {REDACTED} declined"),
        ("card 4242424242424242.", f"card {REDACTED}."),
        ("from <ann.lee+x@mail.example.org>", f"from <{REDACTED}>"),
    ],
)
def test_secrets_inside_a_text_are_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "order 4242424242424243",  # sixteen digits, but no card number: its check digit is wrong
        "01a1f883-f5ff-7418-bc49-36eeecd331ae",
        "https://example.org/a?b=c",
        "@daily at 3",
        "the bearer of good news",
    ],
)
def test_a_text_without_secrets_is_left_alone(text: str) -> None:
    assert mask_text(text) == text


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_values)
def test_nothing_that_can_be_logged_makes_redaction_fail_and_twice_is_once(value: object) -> None:
    once = redact(value)

    assert redact(once) == once
