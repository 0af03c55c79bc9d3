"""The two kinds of people who sign in, and the audience of their tokens."""

from __future__ import annotations

from enum import StrEnum


class AccountKind(StrEnum):
    """Who somebody is to the tenant: one of its own people, or a customer in the portal."""

    STAFF = "staff"
    PORTAL = "portal"

    @property
    def audience(self) -> str:
        """Whom an access token of this kind is meant for (`aud`, RFC 7519 section 4.1.3)."""
        return _AUDIENCES[self]


_AUDIENCES = {AccountKind.STAFF: "dotmac-api", AccountKind.PORTAL: "dotmac-portal"}

KIND_OF_AUDIENCE = {audience: kind for kind, audience in _AUDIENCES.items()}
"""The kind of account by the audience of its access tokens."""
