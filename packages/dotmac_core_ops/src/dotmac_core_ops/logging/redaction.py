"""What must not stand in a log or an audit row, and its removal. Pure.

Two lists: secrets (nobody may read them anywhere) and personal data (belongs into the tenant's
tables, where row-level security guards it, not into log files that operators share).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

REDACTED = "[redacted]"

# Matched against whole words of a key: `card_number`, `X-Api-Key`, `refreshToken`.
_SECRET_WORDS = frozenset(
    {
        *("password", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "tokens"),
        *("authorization", "cookie", "cookies", "credential", "credentials", "apikey"),
        *("card", "cvc", "cvv", "pan", "iban", "pin", "otp", "signature", "psk", "jwt", "dsn"),
    }
)
_SECRET_PHRASES = (("api", "key"), ("private", "key"), ("access", "key"), ("signing", "key"))
_PERSONAL_WORDS = frozenset(
    {
        *("email", "mail", "phone", "mobile", "telephone", "fax", "street", "address", "postcode"),
        *("birthday", "birthdate", "surname", "firstname", "lastname", "fullname", "username"),
    }
)
_PERSONAL_PHRASES = (
    *(("first", "name"), ("last", "name"), ("full", "name"), ("display", "name")),
    *(("user", "name"), ("customer", "name"), ("contact", "name"), ("company", "name")),
    *(("given", "name"), ("family", "name"), ("date", "of", "birth"), ("postal", "code")),
)
# Says how many or which, not what: `token_count`, `password_changed_at`, `address_id`.
_HARMLESS_ENDS = frozenset({"id", "ids", "count", "at", "on", "kind", "type", "expired", "seconds"})

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
_URL_PASSWORD = re.compile(r"(\b[a-z][\w+.-]*://[^\s:/@]*):[^\s/@]+@", re.IGNORECASE)
_STRIPE_KEY = re.compile(r"\b((?:sk|rk|pk|whsec)_)(?:(?:test|live)_)?\w{8,}")
_CARD = re.compile(r"(?<![\w-])(?:\d[ -]?){13,19}(?![\w-])")
_CARD_LENGTHS = range(13, 20)
_MAX_DEPTH = 12
_CONTAINERS = (Mapping, list, tuple, set, frozenset)


def redact(value: object, key: str = "") -> object:
    """`value` without secrets and personal data, in mappings and sequences of any depth.

    `redact({"email": "a@b.example", "n": 1})` is `{"email": "[redacted]", "n": 1}`; in other texts,
    e-mail addresses, bearer tokens, passwords in URLs and card numbers are masked. A bare `name` is
    taken for a person's; log `job=`, `handler=`, `plan=` for other names.
    """
    return _cleaned(value, key, personal=True, depth=0)


def redact_secrets(value: object, key: str = "") -> object:
    """`value` without secrets only: for the audit log, which is for naming who and whom."""
    return _cleaned(value, key, personal=False, depth=0)


def mask_text(text: str, *, personal: bool = True) -> str:
    """`text` with what looks like a secret in it (if `personal`, also an e-mail address) masked."""
    if "://" in text:
        text = _URL_PASSWORD.sub(rf"\1:{REDACTED}@", text)
    text = _BEARER.sub(rf"\1 {REDACTED}", text)
    if "eyJ" in text:
        text = _JWT.sub(REDACTED, text)
    if "_" in text:
        text = _STRIPE_KEY.sub(rf"\1{REDACTED}", text)
    text = _CARD.sub(_mask_card, text)
    if personal and "@" in text:
        text = _EMAIL.sub(REDACTED, text)
    return text


@lru_cache(maxsize=4096)
def is_secret(key: str) -> bool:
    """Whether a value under `key` is a secret."""
    return _named(key, _SECRET_WORDS, _SECRET_PHRASES)


@lru_cache(maxsize=4096)
def is_personal(key: str) -> bool:
    """Whether a value under `key` says who or where a person is."""
    return key.lower() == "name" or _named(key, _PERSONAL_WORDS, _PERSONAL_PHRASES)


def _named(key: str, words: frozenset[str], phrases: tuple[tuple[str, ...], ...]) -> bool:
    parts = tuple(part.lower() for part in _WORD.findall(key))
    if not parts or (len(parts) > 1 and parts[-1] in _HARMLESS_ENDS):
        return False
    if not words.isdisjoint(parts):
        return True
    return any(
        parts[at : at + len(phrase)] == phrase
        for phrase in phrases
        for at in range(len(parts) - len(phrase) + 1)
    )


def _cleaned(value: object, key: str, *, personal: bool, depth: int) -> object:
    harmless = value is None or isinstance(value, bool)
    too_deep = depth >= _MAX_DEPTH and isinstance(value, _CONTAINERS)
    if not harmless and (too_deep or is_secret(key) or (personal and is_personal(key))):
        return REDACTED
    match value:
        case str():
            return mask_text(value, personal=personal)
        case bytes() | bytearray():
            return f"<{len(value)} bytes>"
        case Mapping():
            return {
                name: _cleaned(item, str(name), personal=personal, depth=depth + 1)
                for name, item in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [_cleaned(item, "", personal=personal, depth=depth + 1) for item in value]
    return value


def _mask_card(found: re.Match[str]) -> str:
    digits = [int(c) for c in found.group() if c.isdigit()]
    if len(digits) not in _CARD_LENGTHS or not _luhn(digits):
        return found.group()
    tail = " " if found.group().endswith(" ") else ""
    return REDACTED + tail


def _luhn(digits: list[int]) -> bool:
    """The check digit of ISO/IEC 7812-1, which tells card numbers from other long numbers."""
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
