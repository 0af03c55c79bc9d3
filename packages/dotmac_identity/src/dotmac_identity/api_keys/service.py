"""What can be done with API keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_core_ops.principal import current_actor
from dotmac_identity.api_keys.errors import (
    ApiKeyEndedError,
    ApiKeyExpiryInPastError,
    ApiKeyNotFoundError,
)
from dotmac_identity.api_keys.events import ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated
from dotmac_identity.api_keys.grant import PREFIX, ApiKeyGrant, IssuedApiKey, KeyOwner
from dotmac_identity.api_keys.models import ApiKey
from dotmac_identity.api_keys.networks import normalised_networks
from dotmac_identity.api_keys.repository import ApiKeyRepository
from dotmac_identity.sessions.opaque_token import RANDOM_BYTES, compose_token, digest_of

_NOBODY = KeyOwner()


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
        self,
        *,
        name: str,
        scopes: Iterable[str],
        expires_at: datetime | None = None,
        networks: Iterable[str] = (),
        owner: KeyOwner = _NOBODY,
    ) -> IssuedApiKey:
        """Issue a key with these permissions; the secret is in the answer and nowhere else.

        It never does more than its owner may at the time, and ends with their deactivation. What
        shall outlive people is given to a service account.

        Raises:
            ApiKeyExpiryInPastError: `expires_at` is not in the future.
            InvalidNetworkError: one of `networks` is none.
        """
        now = clock_of(self._session).now()
        if expires_at is not None and expires_at <= now:
            raise ApiKeyExpiryInPastError
        key, secret = self._new(name, scopes, normalised_networks(networks), owner)
        key.expires_at = expires_at
        await self._keys.add(key)
        grant = _grant(key)
        await EventPublisher(self._session).publish(
            ApiKeyCreated(api_key_id=key.id, key_name=name, scopes=grant.scopes)
        )
        await self._record("create", key, {"scopes": list(grant.scopes), "hint": key.hint})
        return IssuedApiKey(grant, secret)

    async def by_id(self, api_key_id: UUID) -> ApiKeyGrant:
        """The key, locked until the transaction ends.

        Raises:
            ApiKeyNotFoundError: the tenant has no such key.
        """
        return _grant(await self._load(api_key_id))

    async def rotate(
        self, api_key_id: UUID, overlap: timedelta, owner: KeyOwner = _NOBODY
    ) -> IssuedApiKey:
        """Issue a key in the place of one, which stays good for `overlap` at most.

        The new one is like it, and belongs to `owner`, who learns its secret: unless it is a
        service account's, whose it stays.

        Raises:
            ApiKeyNotFoundError: the tenant has no such key.
            ApiKeyEndedError: it is revoked or has expired.
        """
        old = await self._load(api_key_id)
        now = clock_of(self._session).now()
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
            raise ApiKeyEndedError(api_key_id)
        if old.service_account_id is not None:
            owner = KeyOwner(service_account_id=old.service_account_id)
        key, secret = self._new(old.name, old.scopes, old.networks, owner)
        key.expires_at, key.replaces_id = old.expires_at, old.id
        until = now + overlap
        old.expires_at = until if old.expires_at is None else min(old.expires_at, until)
        await self._keys.add(key)
        rotated = ApiKeyRotated(
            api_key_id=key.id, replaces_id=old.id, replaced_until=old.expires_at
        )
        await EventPublisher(self._session).publish(rotated)
        await self._record("rotate", key, {"replaces": old.id, "until": until, "hint": key.hint})
        return IssuedApiKey(_grant(key), secret)

    async def page(
        self, *, offset: int = 0, limit: int = 200, service_account_id: UUID | None = None
    ) -> tuple[list[ApiKeyGrant], int]:
        """A page of the keys, or of a service account's, newest first, and how many there are."""
        keys, total = await self._keys.page(
            offset=offset, limit=limit, service_account_id=service_account_id
        )
        return [_grant(key) for key in keys], total

    async def revoke(self, api_key_id: UUID) -> ApiKeyGrant:
        """Make a key useless for good; nothing, if it is so already.

        Raises:
            ApiKeyNotFoundError: the tenant has no such key.
        """
        key = await self._load(api_key_id)
        if key.revoked_at is None:
            key.revoked_at = clock_of(self._session).now()
            await EventPublisher(self._session).publish(ApiKeyRevoked(api_key_id=key.id))
            await self._record("revoke", key, None)
        return _grant(key)

    async def _load(self, api_key_id: UUID) -> ApiKey:
        key = await self._keys.by_id(api_key_id)
        if key is None:
            raise ApiKeyNotFoundError(api_key_id)
        return key

    def _new(
        self, name: str, scopes: Iterable[str], networks: list[str], owner: KeyOwner
    ) -> tuple[ApiKey, str]:
        random = secrets.token_urlsafe(RANDOM_BYTES)
        secret = compose_token(PREFIX, tenant_of(self._session), random)
        key = ApiKey(
            id=new_id(),
            name=name,
            token_hash=digest_of(secret),
            hint=secret[-4:],
            scopes=sorted(set(scopes)),
            created_by=current_actor().name,
            created_at=clock_of(self._session).now(),
            user_id=owner.user_id,
            service_account_id=owner.service_account_id,
            networks=networks,
        )
        return key, secret

    async def _record(self, what: str, key: ApiKey, after: dict[str, object] | None) -> None:
        await record(
            self._session,
            action=f"identity.api_key_{what}",
            target=("api_key", key.id),
            after=after,
        )


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
        user_id=key.user_id,
        service_account_id=key.service_account_id,
        networks=tuple(key.networks),
        replaces_id=key.replaces_id,
    )
