"""What a sign-in at a provider keeps secret, all of it made of one secret in the browser's cookie.

Nothing but a hash of `state` is stored with us: who reads the database can neither finish a sign-in
that somebody has begun, nor tell which browser began it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

COOKIE = "dotmac-sign-in-"
"""What the names of the cookies begin with; each sign-in under way has its own."""

_HOST_PREFIX = "__Host-"
_SHOWN_OF_STATE = 12  # tells the sign-ins of several tabs apart


@dataclass(frozen=True)
class FlowSecrets:
    """The values of one sign-in; each is 256 bits in URL-safe base 64, 43 characters.

    `state` comes back with the answer (RFC 6749 section 10.12), `nonce` in the ID token (OpenID
    Connect Core 1.0 section 3.1.2.1), and `verifier` is shown with the code (RFC 7636 section 4.1).
    """

    secret: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @classmethod
    def of(cls, secret: str) -> FlowSecrets:
        """The values that belong to the secret of a cookie."""
        return cls(secret, *(_derived(secret, use) for use in ("state", "nonce", "verifier")))

    @property
    def state_hash(self) -> bytes:
        """What the sign-in is stored under."""
        return hash_of_state(self.state)


def hash_of_state(state: str) -> bytes:
    """The SHA-256 of a `state`."""
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).digest()


def cookie_name(state: str, *, is_secure: bool) -> str:
    """The cookie that belongs to `state`.

    Over HTTPS it begins with `__Host-`: no other host, also no one below or above, can set it.
    """
    name = f"{COOKIE}{state[:_SHOWN_OF_STATE]}"
    return f"{_HOST_PREFIX}{name}" if is_secure else name


def secrets_in(cookies: Iterable[tuple[str, str]]) -> list[FlowSecrets]:
    """Those of every sign-in that the browser has begun, by the names and values of its cookies."""
    return [
        FlowSecrets.of(value)
        for name, value in cookies
        if name.removeprefix(_HOST_PREFIX).startswith(COOKIE)
    ]


def _derived(secret: str, use: str) -> str:
    digest = hmac.digest(secret.encode(), f"dotmac sign-in {use}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
