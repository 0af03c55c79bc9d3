"""What the boundary holds every request and answer to, worked out once from the settings."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dotmac_core_ops.settings import Environment, Settings

API = "/api/"
"""Everything under it is held to the envelope and to the rate limits."""

Headers: TypeAlias = list[tuple[bytes, bytes]]
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_ORIGIN = re.compile(r"https?://[a-z0-9.\[\]:-]+", re.IGNORECASE)

_ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_IN_PRODUCTION: Headers = [(b"strict-transport-security", b"max-age=31536000; includeSubDomains")]
_UNLESS_SET: Headers = [
    # Answers are data: a browser that is talked into showing one runs nothing of it.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]

_ALLOWED_METHODS = b"GET, POST, PUT, PATCH, DELETE"
_ALLOWED_HEADERS = (
    b"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key, "
    b"X-Request-ID"
)
_EXPOSED_HEADERS = b"ETag, Idempotent-Replayed, Location, Retry-After, X-Request-ID"


# The other fields and the separators of a multipart body.
_ROOM_AROUND_A_FILE = 1_000_000


class CorsOriginError(ValueError):
    """CORS_ORIGINS holds something that is not exactly one origin."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"CORS_ORIGINS: {origin!r} is not an origin such as https://app.example.com; "
            "wildcards and paths are not allowed."
        )


@dataclass(frozen=True)
class Policy:
    """Limits, origins and headers.

    `headers` go on every answer, `headers_unless_set` where a route did not choose its own.
    `trusted` are the networks whose `X-Forwarded-For` is believed.
    """

    max_body_bytes: int
    max_upload_bytes: int
    origins: frozenset[bytes]
    headers: Headers
    headers_unless_set: Headers
    trusted: tuple[Network, ...] = ()

    @classmethod
    def of(cls, settings: Settings, *, trusted: Sequence[str] = ()) -> Policy:
        """What `settings` ask for.

        Raises:
            CorsOriginError: a wildcard, a path, or no scheme.
        """
        for origin in settings.cors_origins:
            if not _ORIGIN.fullmatch(origin):
                raise CorsOriginError(origin)
        in_production = settings.environment is Environment.PRODUCTION
        return cls(
            max_body_bytes=settings.max_body_bytes,
            max_upload_bytes=settings.upload_max_size + _ROOM_AROUND_A_FILE,
            origins=frozenset(origin.lower().encode() for origin in settings.cors_origins),
            headers=_ALWAYS + (_IN_PRODUCTION if in_production else []),
            headers_unless_set=_UNLESS_SET,
            trusted=tuple(ipaddress.ip_network(network) for network in trusted),
        )

    def limit_of(self, content_type: bytes) -> int:
        """The largest body of this type, in bytes: what is not JSON counts as an upload."""
        is_json = b"json" in content_type or not content_type
        return self.max_body_bytes if is_json else self.max_upload_bytes

    def allows(self, origin: bytes) -> bool:
        """Whether pages of `origin` may call the API."""
        return origin.lower() in self.origins

    def preflight(self, origin: bytes) -> Headers:
        """What a browser of an allowed origin is told before it sends the request itself."""
        return [
            *self.cross_origin(origin),
            (b"access-control-allow-methods", _ALLOWED_METHODS),
            (b"access-control-allow-headers", _ALLOWED_HEADERS),
            (b"access-control-max-age", b"7200"),
        ]

    def cross_origin(self, origin: bytes) -> Headers:
        """What goes on an answer to a page of another origin."""
        if not self.allows(origin):
            return [(b"vary", b"Origin")] if self.origins else []
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", _EXPOSED_HEADERS),
            (b"vary", b"Origin"),
        ]

    def address_of(self, peer: str, forwarded: str | None) -> str:
        """The client's address: the peer's, or behind trusted proxies the nearest other one."""
        if forwarded is None or not self._trusts(peer):
            return peer
        address = peer
        for hop in reversed(forwarded.split(",")):
            address = hop.strip()
            if not self._trusts(address):
                break
        return address

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self.trusted)
