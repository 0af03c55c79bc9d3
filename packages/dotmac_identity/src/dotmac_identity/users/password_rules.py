"""Which passwords are accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable

from zxcvbn import zxcvbn

from dotmac_core_ops.tenant_settings import TenantSetting
from dotmac_identity.users.errors import WeakPasswordError

SHORTEST = 10
LONGEST = 256

SHORTEST_PASSWORD = TenantSetting(
    "passwords.shortest",
    SHORTEST,
    "How many characters a new password has at least.",
    minimum=SHORTEST,
    maximum=64,
)
"""What a tenant may ask for beyond what everybody does."""

LEAST_SCORE = 3
"""zxcvbn's score from 0 to 4; 3 is more than 10^8 guesses for whoever knows how people choose."""

# Judging takes longer than linearly; what is strong by its first part is strong.
_JUDGED = 48
_SHORTEST_WORD = 3
_LEAST_WITHOUT_OWN_WORDS = 6


def require_strong(password: str, *, words: Iterable[str] = (), shortest: int = SHORTEST) -> None:
    """Refuse a password that is easily guessed.

    `words` are the person's own: address, name, organisation. Counted are length and how soon it
    would be guessed; rules about kinds of characters only make people write passwords down (NIST SP
    800-63B, section 3.1.1.2). Leaked passwords are among what is tried first: the package zxcvbn
    brings the 30,000 most frequent of them. Source: D. Wheeler, zxcvbn, USENIX Security 2016.

    Raises:
        WeakPasswordError: shorter than `shortest`, longer than 256, leaked, own words and little
            more, or guessed too soon; its `reason` tells which.
    """
    if len(password) < shortest:
        raise WeakPasswordError("too_short", f"A password has at least {shortest} characters.")
    if len(password) > LONGEST:
        raise WeakPasswordError("too_long", f"A password has at most {LONGEST} characters.")
    own = _parts(words)
    if len(_without(password.lower(), own)) < _LEAST_WITHOUT_OWN_WORDS:
        raise WeakPasswordError(
            "own_words", "This password is little more than your name or address."
        )
    _judge(password[:_JUDGED], own)
    # Spaces between words would count as if they had been drawn by lot.
    _judge(re.sub(r"[\s_.-]+", "", password)[:_JUDGED], own)


def _judge(password: str, own: list[str]) -> None:
    found = zxcvbn(password, user_inputs=own)
    if found["score"] >= LEAST_SCORE:
        return
    sequence = found["sequence"]
    if len(sequence) == 1 and sequence[0].get("dictionary_name") == "passwords":
        raise WeakPasswordError(
            "leaked", "This password is among those that leaked elsewhere; choose another one."
        )
    feedback = found["feedback"]
    said = [feedback["warning"] or "This password is too easy to guess.", *feedback["suggestions"]]
    raise WeakPasswordError("too_easy", " ".join(said))


def _parts(words: Iterable[str]) -> list[str]:
    """Each word by itself, in lower case, longest first: of an address both sides of the `@`."""
    found = {part for word in words for part in re.split(r"[\W_]+", word.lower())}
    return sorted((one for one in found if len(one) >= _SHORTEST_WORD), key=len, reverse=True)


def _without(password: str, own: list[str]) -> str:
    for word in own:
        password = password.replace(word, "")
    return re.sub(r"[\W_]+", "", password)
