from __future__ import annotations

import pytest

from dotmac_identity.users.errors import WeakPasswordError
from dotmac_identity.users.password_rules import require_strong

OLGA = ("olga.owner@northnet.example", "Olga Owner")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "too_short"),
        ("x" * 257, "too_long"),
        ("olga owner 1", "own_words"),
        ("Olga-Owner-2026", "own_words"),
        ("northnet.example", "own_words"),
        ("1234567890", "leaked"),
        ("qwertyuiop", "leaked"),
        ("Password123!", "too_easy"),
        ("iloveyou1234", "too_easy"),
        ("aaaaaaaaaaaa", "too_easy"),
        ("abcabcabcabcabc", "too_easy"),
        ("p a s s w o r d", "leaked"),
    ],
)
def test_what_is_guessed_soon_is_refused_and_told_why(password: str, reason: str) -> None:
    with pytest.raises(WeakPasswordError) as refusal:
        require_strong(password, words=OLGA)

    assert refusal.value.details == {"reason": reason}
    assert password not in refusal.value.message


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "seven purple lanterns drift",
        "hQ7#kd92!mZx",
        "olga eats seven purple lanterns",
        "söndag på havet med måsar",
        "x9" + "lantern drift purple " * 10,
    ],
)
def test_a_long_sentence_of_ones_own_is_accepted(password: str) -> None:
    require_strong(password, words=OLGA)
