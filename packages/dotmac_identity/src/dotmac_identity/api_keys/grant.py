"""An API key as other modules see one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dotmac_core_ops.principal import Principal

PREFIX = "dmk"
"""What every API key starts with."""


@dataclass(frozen=True)
class ApiKeyGrant:
    """A key and what it may do; `hint` is the end of the key, by which people tell keys apart.

    `last_used_at` is exact to a minute. A key without `expires_at` is good until revoked, one
    without `networks` from anywhere. It belongs to a user or a service account and never does more
    than they may at the time; one that is older than that belongs to nobody.
    """

    id: UUID
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    user_id: UUID | None
    service_account_id: UUID | None
    networks: tuple[str, ...]
    replaces_id: UUID | None


@dataclass(frozen=True)
class KeyOwner:
    """Whose a key is: a user's, a service account's, or (made by the system) nobody's."""

    user_id: UUID | None = None
    service_account_id: UUID | None = None

    @classmethod
    def of(cls, principal: Principal) -> KeyOwner:
        """Whose a key is that `principal` makes; a key's keys belong to who the key belongs to."""
        if principal.kind == "service":
            return cls(service_account_id=UUID(principal.subject))
        if principal.kind == "user":
            return cls(user_id=UUID(principal.subject))
        return cls(user_id=None if principal.person is None else UUID(principal.person))


@dataclass(frozen=True)
class IssuedApiKey:
    """A new key with its secret, which is shown this once and not kept."""

    grant: ApiKeyGrant
    secret: str
