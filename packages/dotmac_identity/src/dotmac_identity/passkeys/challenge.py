"""What an authenticator signs: a random number that says itself what it is for, and since when.

Nothing is stored until it comes back, so that whoever asks for challenges fills no table. It says
nothing that is secret; changing any of it, or using it for another purpose, makes it worthless.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

CHALLENGE_LIFE = timedelta(minutes=5)
"""How long somebody has to touch their authenticator."""

NONCE_BYTES = 16
"""Bytes of randomness, as many as WebAuthn asks for at least (level 3, section 13.4.3)."""

_TIME = struct.Struct(">Q")
_MAC_BYTES = 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Ceremony(StrEnum):
    """What is done with a passkey: add it, show it after the password, or sign in with it alone."""

    ADD = "add"
    SECOND_STEP = "second_step"
    ALONE = "alone"


@dataclass(frozen=True)
class Purpose:
    """What a challenge is good for; `about` says for whom, such as a session. Nobody: by itself."""

    ceremony: Ceremony
    about: bytes = b""


def new_challenge(key: str, purpose: Purpose, nonce: bytes, now: datetime) -> bytes:
    """A challenge for `purpose`, good from `now` for five minutes; `nonce` is 16 random bytes."""
    stated = nonce + _TIME.pack((now - _EPOCH) // _MICROSECOND)
    return stated + _mac(key, purpose, stated)


def expires_at(challenge: bytes, key: str, purpose: Purpose, now: datetime) -> datetime | None:
    """Until when `challenge` is good; None, if it was not made for `purpose`, or is over.

    The end is not included.
    """
    stated, mac = challenge[:-_MAC_BYTES], challenge[-_MAC_BYTES:]
    if len(stated) != NONCE_BYTES + _TIME.size:
        return None
    if not hmac.compare_digest(mac, _mac(key, purpose, stated)):
        return None
    since = _EPOCH + _TIME.unpack(stated[NONCE_BYTES:])[0] * _MICROSECOND
    ends = since + CHALLENGE_LIFE
    return ends if ends > now else None


def challenge_hash(challenge: bytes) -> bytes:
    """What a challenge that was used is kept under."""
    return hashlib.sha256(challenge).digest()


def _mac(key: str, purpose: Purpose, stated: bytes) -> bytes:
    # A key of its own for each ceremony, so that nothing else that is signed passes for one.
    named = f"dotmac.passkey:{purpose.ceremony}".encode()
    own = hmac.digest(key.encode(), named, hashlib.sha256)
    return hmac.digest(own, stated + purpose.about, hashlib.sha256)
