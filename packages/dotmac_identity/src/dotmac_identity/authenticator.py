"""Finds the principal of a request: what identity gives to the gateway."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, FastAPI, Request

from dotmac_core_ops.database import Database
from dotmac_core_ops.http import client_of
from dotmac_core_ops.module import Permission
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.sealing import Sealer
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenant_state import TenantState
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.adapters.principal_news import PrincipalNews
from dotmac_identity.api_keys.errors import ApiKeyAddressError, InvalidApiKeyError
from dotmac_identity.api_keys.grant import PREFIX as API_KEY_PREFIX
from dotmac_identity.api_keys.networks import is_within, parsed_networks
from dotmac_identity.api_keys.repository import USE_IS_NOTED_EVERY, ApiKeyRepository
from dotmac_identity.authentication.principal_cache import PrincipalCache
from dotmac_identity.authentication.repository import CredentialRepository
from dotmac_identity.authentication.service import SignInService
from dotmac_identity.factor_sign_in.service import FactorSignIn
from dotmac_identity.passkey_sign_in.service import PasskeySignIn
from dotmac_identity.passkeys.service import PasskeySite
from dotmac_identity.permissions import OWN_ACCOUNT
from dotmac_identity.roles.held import Held, held, read_roles
from dotmac_identity.roles.system_roles import RoleCatalogue
from dotmac_identity.sessions.access_token import InvalidAccessTokenError, read_access_token
from dotmac_identity.sessions.errors import SessionEndedError
from dotmac_identity.sessions.opaque_token import digest_of, read_token
from dotmac_identity.sessions.repository import SEEN_IS_NOTED_EVERY, SessionRepository
from dotmac_identity.single_sign_on.flows.service import SingleSignOn

TRUSTED_SECONDS = 10.0
"""How long a verified principal is trusted without looking it up again."""

_REMEMBERED = 10_000


class Authenticator:
    """Turns `Authorization: Bearer …` (access token or API key) or `X-API-Key` into a `Principal`.

    Verified principals are trusted for ten seconds, so that the common request costs a dictionary
    look-up. The database tells every process that serves (`listening`) as it commits whose rights
    have changed, so that a sign-out or a deactivation takes effect at once everywhere. A process
    that does not hear it looks every request up.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        permissions: Iterable[Permission] = (),
        passwords: Passwords | None = None,
    ) -> None:
        self.catalogue = RoleCatalogue.of(permissions)
        self.passwords = passwords or Passwords()
        self.sealer = Sealer(settings.secret_key.get_secret_value(), "identity.totp")
        self.sign_in = SignInService(database, settings, self.passwords)
        self._key = settings.secret_key.get_secret_value()
        self.passkeys = PasskeySite(self._key, settings.public_url, database.clock)
        self.passkey_sign_in = PasskeySignIn(database, self.sign_in.issuer, self.passkeys)
        self.factors = FactorSignIn(database, self.sign_in.issuer, self.sealer, self.passkeys)
        self.single_sign_on = SingleSignOn(
            database,
            self.sign_in.issuer,
            Sealer(self._key, "identity.sign_in_providers"),
            self.passwords,
            settings.public_url,
            allows_loopback=settings.sign_in_providers_on_loopback,
        )
        self._database = database
        self._credentials = CredentialRepository(database)
        self._cache = PrincipalCache(_REMEMBERED)
        self._news = PrincipalNews(
            database, self.forget_all_of, lambda: self._cache.forget(lambda _: True)
        )
        self.public_url = settings.public_url

    def install(self, app: FastAPI) -> None:
        """Let the routes of this package find it in `app`."""
        app.state.identity = self

    @asynccontextmanager
    async def listening(self, _: FastAPI | None = None) -> AsyncIterator[None]:
        """Hear of changed rights while the block runs; a `Lifespan` of the application."""
        async with self._news.listening():
            yield

    async def __call__(self, request: Request) -> Principal | None:
        """Who sent `request`; None without credentials.

        Raises:
            InvalidAccessTokenError, ExpiredAccessTokenError, SessionEndedError,
            InvalidApiKeyError, ApiKeyAddressError: the credentials are not good, or not from there.
        """
        headers = request.headers
        authorization = headers.get("authorization")
        address = client_of(request).address
        if authorization is None:
            token = headers.get("x-api-key")
            return None if token is None else await self.principal(token, address)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise InvalidAccessTokenError
        return await self.principal(token.strip(), address)

    async def principal(self, token: str, address: str = "") -> Principal:
        """Whom `token` stands for, sent from `address`.

        Raises:
            UnauthenticatedError: one of its kinds that `__call__` lists.
        """
        principal = await self._known_or_found(token)
        # Asked at every request: a key that was good from one place is not from another.
        if principal.only_from and not is_within(address, principal.only_from):
            raise ApiKeyAddressError
        return principal

    async def _known_or_found(self, token: str) -> Principal:
        digest = digest_of(token)
        known = self._cache.get(digest, time.monotonic())
        if known is not None and self._news.is_heard:
            return known
        generation = self._cache.generation
        now = self._database.clock.now()
        if token.startswith(f"{API_KEY_PREFIX}_"):
            principal, ends = await self._of_api_key(token, now)
        else:
            principal, ends = await self._of_access_token(token, now)
        if self._news.is_heard:
            trusted = TRUSTED_SECONDS
            if ends is not None:
                trusted = min(trusted, (ends - now).total_seconds())
            self._cache.put(digest, principal, time.monotonic() + trusted, generation)
        return principal

    def forget(self, subject: str) -> None:
        """Look up the user, service account or API key `subject` again at its next request.

        The keys that belong to it as well.
        """
        self._cache.forget(lambda principal: principal.is_named(subject))

    def forget_session(self, session_id: UUID) -> None:
        """Look up the session again at its next request."""
        self._cache.forget(lambda principal: principal.session_id == session_id)

    def forget_all_of(self, changed: UUID) -> None:
        """Look up again whoever has to do with the user, session, API key or tenant `changed`."""
        subject = str(changed)
        self._cache.forget(
            lambda principal: (
                changed in {principal.session_id, principal.tenant_id}
                or principal.is_named(subject)
            )
        )

    async def _of_access_token(self, token: str, now: datetime) -> tuple[Principal, datetime]:
        claims = read_access_token(token, self._key, now)
        row = await self._credentials.signed_in(claims, now)
        if row is None:
            raise SessionEndedError
        if row["last_seen_at"] is None or row["last_seen_at"] <= now - SEEN_IS_NOTED_EVERY:
            async with self._database.transaction(claims.tenant_id) as session:
                await SessionRepository(session).note_seen(claims.session_id, now)
        in_portal = claims.kind is AccountKind.PORTAL
        if in_portal:
            may = Held(frozenset({OWN_ACCOUNT, *row["portal_permissions"]}))
        else:
            may = held(self.catalogue, read_roles(row["roles"]))
        operator_id = row["operator_id"]
        if operator_id is not None:
            may = may.without(self.catalogue.personal, self.catalogue)
        principal = Principal(
            tenant_id=claims.tenant_id,
            subject=str(claims.user_id),
            kind="portal" if in_portal else "user",
            name=row["name"],
            permissions=may.permissions,
            session_id=claims.session_id,
            customer_id=row["customer_id"],
            scopes=may.scopes,
            impersonated_by=None if operator_id is None else str(operator_id),
            tenant_state=TenantState(row["tenant_state"]),
            # Whoever acts as somebody cannot set up what is that person's own, and need not.
            must_enrol=operator_id is None and row["must_enrol"],
        )
        ends = [end for end in (claims.expires_at, row["impersonated_until"]) if end is not None]
        return principal, min(ends)

    async def _of_api_key(self, token: str, now: datetime) -> tuple[Principal, datetime | None]:
        key = read_token(API_KEY_PREFIX, token)
        if key is None:
            raise InvalidApiKeyError
        row = await self._credentials.api_key(key.tenant_id, key.digest, now)
        if row is None:
            raise InvalidApiKeyError
        if row["last_used_at"] is None or row["last_used_at"] <= now - USE_IS_NOTED_EVERY:
            async with self._database.transaction(key.tenant_id) as session:
                await ApiKeyRepository(session).note_use(row["id"], now)
        return self._key_principal(key.tenant_id, row), row["expires_at"]

    def _key_principal(self, tenant_id: UUID, row: asyncpg.Record) -> Principal:
        scopes = frozenset(row["scopes"])
        may = Held(scopes)
        if row["user_id"] is not None or row["service_account_id"] is not None:
            may = held(self.catalogue, read_roles(row["roles"])).limited_to(scopes)
        key_id, account_id = row["id"], row["service_account_id"]
        return Principal(
            tenant_id=tenant_id,
            subject=str(account_id or key_id),
            kind="api_key" if account_id is None else "service",
            name=row["service_account"] or row["name"],
            permissions=may.permissions,
            scopes=may.scopes,
            person=None if row["user_id"] is None else str(row["user_id"]),
            credential_id=key_id,
            only_from=parsed_networks(row["networks"]),
            tenant_state=TenantState(row["tenant_state"]),
        )


def installed_authenticator(request: Request) -> Authenticator:
    """The application's authenticator, whole: for routes that sign people in."""
    identity = request.app.state.identity
    assert isinstance(identity, Authenticator), "call Authenticator.install(app)"
    return identity


Authentication = Annotated[Authenticator, Depends(installed_authenticator)]
"""The application's authenticator, for routes that sign people in."""
