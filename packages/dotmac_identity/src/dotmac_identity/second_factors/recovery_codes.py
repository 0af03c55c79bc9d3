"""Codes on paper: how they are written and compared."""

from __future__ import annotations

import base64
import hashlib

CODES = 10
"""How many somebody gets at once."""

CODE_BYTES = 10
"""80 bits: too many to guess, also for who has the hashes, so that a quick hash is enough."""

_GROUP = 4


def written_code(random: bytes) -> str:
    """Random bytes as a person writes them: `ab2d-efgh-jk3m-npqr` (base 32, in groups)."""
    text = base64.b32encode(random).decode().rstrip("=").lower()
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def code_hash(code: str) -> bytes:
    """What a code is stored and found under, however it was typed: spaces, dashes, capitals."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()
