"""An API key as other modules see one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

PREFIX = "dmk"
"""What every API key starts with."""


@dataclass(frozen=True)
class ApiKeyGrant:
    """A key and what it may do; `hint` is the end of the key, by which people tell keys apart.

    `last_used_at` is exact to a minute. A key without `expires_at` is good until revoked.
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


@dataclass(frozen=True)
class IssuedApiKey:
    """A new key with its secret, which is shown this once and not kept."""

    grant: ApiKeyGrant
    secret: str
