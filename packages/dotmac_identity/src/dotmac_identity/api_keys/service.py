"""What can be done with API keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_core_ops.principal import current_actor
from dotmac_identity.api_keys.errors import ApiKeyExpiryInPastError, ApiKeyNotFoundError
from dotmac_identity.api_keys.events import ApiKeyCreated, ApiKeyRevoked
from dotmac_identity.api_keys.grant import PREFIX, ApiKeyGrant, IssuedApiKey
from dotmac_identity.api_keys.models import ApiKey
from dotmac_identity.api_keys.repository import ApiKeyRepository
from dotmac_identity.sessions.opaque_token import RANDOM_BYTES, compose_token, digest_of


class ApiKeyService:
    """API keys of the session's tenant."""

    def __init__(self, session: AsyncSession, keys: ApiKeyRepository) -> None:
        self._session = session
        self._keys = keys

    @classmethod
    def within(cls, session: AsyncSession) -> ApiKeyService:
        """The service in the caller's transaction."""
        return cls(session, ApiKeyRepository(session))

    async def create(
        self, *, name: str, scopes: Iterable[str], expires_at: datetime | None = None
    ) -> IssuedApiKey:
        """Issue a key with these permissions; the secret is in the answer and nowhere else.

        A key belongs to the tenant: it stays good when the person who made it leaves.

        Raises:
            ApiKeyExpiryInPastError: `expires_at` is not in the future.
        """
        now = clock_of(self._session).now()
        if expires_at is not None and expires_at <= now:
            raise ApiKeyExpiryInPastError
        random = secrets.token_urlsafe(RANDOM_BYTES)
        secret = compose_token(PREFIX, tenant_of(self._session), random)
        key = ApiKey(
            id=new_id(),
            name=name,
            token_hash=digest_of(secret),
            hint=secret[-4:],
            scopes=sorted(set(scopes)),
            created_by=current_actor().name,
            created_at=now,
            expires_at=expires_at,
        )
        await self._keys.add(key)
        grant = _grant(key)
        await EventPublisher(self._session).publish(
            ApiKeyCreated(api_key_id=key.id, key_name=name, scopes=grant.scopes)
        )
        await record(
            self._session,
            action="identity.api_key_create",
            target=("api_key", key.id),
            after={"scopes": list(grant.scopes), "hint": key.hint},
        )
        return IssuedApiKey(grant, secret)

    async def page(self, *, offset: int = 0, limit: int = 200) -> tuple[list[ApiKeyGrant], int]:
        """A page of the keys, newest first, and how many there are in all."""
        keys, total = await self._keys.page(offset=offset, limit=limit)
        return [_grant(key) for key in keys], total

    async def revoke(self, api_key_id: UUID) -> ApiKeyGrant:
        """Make a key useless for good; nothing, if it is so already.

        Raises:
            ApiKeyNotFoundError: the tenant has no such key.
        """
        key = await self._keys.by_id(api_key_id)
        if key is None:
            raise ApiKeyNotFoundError(api_key_id)
        if key.revoked_at is None:
            key.revoked_at = clock_of(self._session).now()
            await EventPublisher(self._session).publish(ApiKeyRevoked(api_key_id=key.id))
            await record(
                self._session, action="identity.api_key_revoke", target=("api_key", key.id)
            )
        return _grant(key)


def _grant(key: ApiKey) -> ApiKeyGrant:
    return ApiKeyGrant(
        id=key.id,
        name=key.name,
        hint=key.hint,
        scopes=tuple(key.scopes),
        created_by=key.created_by,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )
