"""The two queries that every request without a cached principal makes; attempts by address."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Database, clock_of, new_id
from dotmac_core_ops.tenants import TENANT_IS_ACTIVE, TENANT_STATE
from dotmac_identity.authentication.models import SignInNetwork
from dotmac_identity.sessions.access_token import AccessClaims

# The parts put together here are constants of this file and of core_ops.
_ROLE = (
    "json_build_object('name', r.name, 'is_system', r.is_system, 'permissions', r.permissions, "
    "'scope_kind', {kind}, 'scope_id', {id})"
)
_ROLES_OF_USER = (
    f"SELECT {_ROLE.format(kind='ur.scope_kind', id='ur.scope_id')} AS role "  # noqa: S608 - as above
    "FROM identity.user_roles ur JOIN identity.roles r ON r.id = ur.role_id WHERE ur.user_id = {}"
)
_ROLES_OF_SERVICE = (
    f"SELECT {_ROLE.format(kind='NULL', id='NULL')} AS role "  # noqa: S608 - as above
    "FROM identity.service_account_roles sr JOIN identity.roles r ON r.id = sr.role_id "
    "WHERE sr.service_account_id = k.service_account_id"
)
_COLLECTED = "(SELECT COALESCE(json_agg(held.role), '[]')::text FROM ({}) AS held) AS roles"
_FOUND_BY_USER = _COLLECTED.format(_ROLES_OF_USER.format("u.id"))
_FOUND_BY_KEY = _COLLECTED.format(
    f"{_ROLES_OF_USER.format('k.user_id')} UNION ALL {_ROLES_OF_SERVICE}"
)

_HAS_TO = (
    "u.kind = 'staff' AND EXISTS (SELECT FROM identity.second_factor_rules f "
    "WHERE f.everybody OR EXISTS (SELECT FROM identity.user_roles ur "
    "WHERE ur.user_id = u.id AND ur.role_id = ANY (f.role_ids)))"
)
_HAS_FACTOR = (
    "(EXISTS (SELECT FROM identity.totp_factors t "
    "WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL) "
    "OR EXISTS (SELECT FROM identity.passkeys p WHERE p.user_id = u.id))"
)

# Each table's policy compares tenant_id, so these joins go by primary key.
_SIGNED_IN = (
    "SELECT u.name, u.customer_id, u.portal_permissions, s.last_seen_at, "  # noqa: S608 - as above
    f"i.operator_id, i.expires_at AS impersonated_until, {TENANT_STATE} AS tenant_state, "
    f"{_HAS_TO} AND NOT {_HAS_FACTOR} AND NOT s.second_factor_vouched AS must_enrol, "
    f"{_FOUND_BY_USER} "
    "FROM identity.sessions s JOIN identity.users u ON u.id = s.user_id "
    "LEFT JOIN identity.impersonations i ON i.id = s.impersonation_id "
    "WHERE s.id = $1 AND u.id = $2 AND u.kind = $4 AND s.revoked_at IS NULL AND s.expires_at > $3 "
    "AND (s.impersonation_id IS NULL OR (i.ended_at IS NULL AND i.expires_at > $3)) "
    f"AND u.is_active AND {TENANT_IS_ACTIVE}"
)
_API_KEY = (
    "SELECT k.id, k.name, k.scopes, k.networks, k.last_used_at, k.expires_at, "  # noqa: S608 - as above
    f"k.user_id, k.service_account_id, a.name AS service_account, {TENANT_STATE} AS tenant_state, "
    f"{_FOUND_BY_KEY} "
    "FROM identity.api_keys k LEFT JOIN identity.users u ON u.id = k.user_id "
    "LEFT JOIN identity.service_accounts a ON a.id = k.service_account_id "
    "WHERE k.token_hash = $1 AND k.revoked_at IS NULL "
    "AND (k.expires_at IS NULL OR k.expires_at > $2) "
    "AND (k.user_id IS NULL OR u.is_active) AND (k.service_account_id IS NULL OR a.is_active) "
    f"AND {TENANT_IS_ACTIVE}"
)


class CredentialRepository:
    """Who a token stands for, read over a bare connection."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def signed_in(self, claims: AccessClaims, now: datetime) -> asyncpg.Record | None:
        """Name and rights of the user, if the session is open at `now` and the kind is theirs."""
        async with self._database.read(claims.tenant_id) as connection:
            return await connection.fetchrow(
                _SIGNED_IN, claims.session_id, claims.user_id, now, claims.kind.value
            )

    async def api_key(self, tenant_id: UUID, digest: bytes, now: datetime) -> asyncpg.Record | None:
        """The API key of this hash with the roles of who it belongs to, if it is good at `now`."""
        async with self._database.read(tenant_id) as connection:
            return await connection.fetchrow(_API_KEY, digest, now)


class SignInNetworkRepository:
    """The addresses from which people of the tenant try to sign in."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, network: str) -> SignInNetwork:
        """What is known of `network`, for this transaction alone; made if nothing was known."""
        now = clock_of(self._session).now()
        await self._session.execute(
            insert(SignInNetwork)
            .values(id=new_id(), network=network, failures=0, last_attempt_at=now)
            .on_conflict_do_nothing()
        )
        query = (
            sa.select(SignInNetwork)
            .where(SignInNetwork.network == network)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return (await self._session.scalars(query)).one()

    async def delete_before(self, before: datetime) -> None:
        """Forget addresses without an attempt since `before`."""
        await self._session.execute(
            sa.delete(SignInNetwork).where(SignInNetwork.last_attempt_at < before)
        )
