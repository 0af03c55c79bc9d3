"""Tokens that say nothing but whose they are: refresh tokens and API keys.

`<prefix>_<tenant as 32 hex digits>_<random>`. The tenant is in the open, so that it can be bound
before the token is looked up; the rest is a secret of which only the hash is stored.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

_FORM = re.compile(r"([a-z]{3})_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
RANDOM_BYTES = 32
"""Bytes of randomness in a token: 43 characters of URL-safe base 64."""


@dataclass(frozen=True)
class OpaqueToken:
    """A token taken apart: whose it is, and the hash it is stored under."""

    tenant_id: UUID
    digest: bytes


def compose_token(prefix: str, tenant_id: UUID, random: str) -> str:
    """The token as handed out; `random` is 32 random bytes in URL-safe base 64."""
    return f"{prefix}_{tenant_id.hex}_{random}"


def read_token(prefix: str, token: str) -> OpaqueToken | None:
    """`token` taken apart; None, if it has not the form of a token of this prefix."""
    found = _FORM.fullmatch(token)
    if found is None or found[1] != prefix:
        return None
    return OpaqueToken(UUID(hex=found[2]), digest_of(token))


def digest_of(token: str) -> bytes:
    """The hash under which a token is stored: SHA-256, since a random token cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()
