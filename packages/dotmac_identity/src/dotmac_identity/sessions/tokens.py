"""What signing in hands out."""

from __future__ import annotations

from dataclasses import dataclass, field

REFRESH_PREFIX = "dmr"
"""What every refresh token starts with."""


@dataclass(frozen=True)
class TokenPair:
    """An access token and the refresh token for the next one.

    `expires_in` is the access token's life in seconds. The refresh token is good once.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 (RFC 6750 calls the type so)
