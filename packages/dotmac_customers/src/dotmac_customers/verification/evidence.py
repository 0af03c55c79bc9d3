"""Codes and links as they are handed out, and the digests that are kept of them."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from uuid import UUID

CODE_DIGITS = 6

_TOKEN = re.compile(r"([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class LinkToken:
    """The token of a link taken apart: the tenant it is of, and its digest."""

    tenant_id: UUID
    digest: bytes


def compose_token(tenant_id: UUID, random: str) -> str:
    """The token of a link; `random` is 32 random bytes in URL-safe base 64.

    The tenant is in the open, so that it can be bound before the token is looked up.
    """
    return f"{tenant_id.hex}_{random}"


def read_token(token: str) -> LinkToken | None:
    """`token` taken apart; None, if it has not the form of one."""
    found = _TOKEN.fullmatch(token)
    return None if found is None else LinkToken(UUID(hex=found[1]), token_digest(token))


def token_digest(token: str) -> bytes:
    """What is kept of a token: SHA-256, since a random one cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


def code_digest(verification_id: UUID, code: str) -> bytes:
    """What is kept of a code: scrypt, since there are only a million of them.

    Who reads the table needs hours for one, and it is good for ten minutes.
    """
    return hashlib.scrypt(code.encode(), salt=verification_id.bytes, n=4096, r=8, p=1, dklen=32)


def code_matches(verification_id: UUID, code: str, digest: bytes) -> bool:
    """Whether `digest` is kept of `code`; takes as long for a wrong one."""
    return hmac.compare_digest(code_digest(verification_id, code), digest)
