"""The two queries that every request without a cached principal makes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from dotmac_core_ops.database import Database
from dotmac_core_ops.tenants import TENANT_IS_ACTIVE

# Each table's policy compares tenant_id, so these joins go by primary key.
_SIGNED_IN = (
    "SELECT u.name, "  # noqa: S608 - what is appended is a constant of core_ops
    "ARRAY(SELECT r.name FROM identity.user_roles ur JOIN identity.roles r ON r.id = ur.role_id "
    "      WHERE ur.user_id = u.id AND r.is_system) AS system_roles, "
    "ARRAY(SELECT unnest(r.permissions) FROM identity.user_roles ur "
    "      JOIN identity.roles r ON r.id = ur.role_id "
    "      WHERE ur.user_id = u.id AND NOT r.is_system) AS own_permissions "
    "FROM identity.sessions s JOIN identity.users u ON u.id = s.user_id "
    "WHERE s.id = $1 AND u.id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3 "
    "AND u.is_active AND " + TENANT_IS_ACTIVE
)
_API_KEY = (
    "SELECT k.id, k.name, k.scopes, k.last_used_at, k.expires_at "
    "FROM identity.api_keys k "
    "WHERE k.token_hash = $1 AND k.revoked_at IS NULL "
    "AND (k.expires_at IS NULL OR k.expires_at > $2) AND " + TENANT_IS_ACTIVE
)


class CredentialRepository:
    """Who a token stands for, read over a bare connection."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def signed_in(
        self, tenant_id: UUID, session_id: UUID, user_id: UUID, now: datetime
    ) -> asyncpg.Record | None:
        """Name, system roles and own permissions of the user, if the session is open at `now`."""
        async with self._database.read(tenant_id) as connection:
            return await connection.fetchrow(_SIGNED_IN, session_id, user_id, now)

    async def api_key(self, tenant_id: UUID, digest: bytes, now: datetime) -> asyncpg.Record | None:
        """The API key of this hash, if it is good at `now`."""
        async with self._database.read(tenant_id) as connection:
            return await connection.fetchrow(_API_KEY, digest, now)
