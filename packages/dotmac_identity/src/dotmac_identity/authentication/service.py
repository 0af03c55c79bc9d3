"""Signing in, refreshing, signing out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.principal import Actor, Principal, acting_as, current_actor
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenants import (
    TenantNotFoundError,
    active_tenants,
    tenant_by_slug,
    tenant_is_active,
)
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.authentication.tokens import REFRESH_PREFIX, TokenPair
from dotmac_identity.sessions.access_token import AccessClaims, sign_access_token
from dotmac_identity.sessions.errors import (
    InvalidCredentialsError,
    InvalidRefreshTokenError,
    RefreshTokenReusedError,
    TenantRequiredError,
)
from dotmac_identity.sessions.models import RefreshToken, UserSession
from dotmac_identity.sessions.opaque_token import (
    RANDOM_BYTES,
    OpaqueToken,
    compose_token,
    digest_of,
    read_token,
)
from dotmac_identity.sessions.repository import SessionRepository
from dotmac_identity.users.emails import InvalidEmailError, normalised_email
from dotmac_identity.users.repository import UserRepository


@dataclass(frozen=True)
class _Attempt:
    user_id: UUID
    password_hash: str


class SignInService:
    """Opens and ends sessions.

    It opens its own transactions, because what a refused request leaves behind must stay: the count
    of failures, the end of a session whose refresh token was stolen.
    """

    def __init__(self, database: Database, settings: Settings, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords
        self._key = settings.secret_key.get_secret_value()
        self._access_life = timedelta(minutes=settings.access_token_minutes)
        self._refresh_life = timedelta(days=settings.refresh_token_days)
        self._default_tenant = settings.default_tenant_id

    async def sign_in(self, *, email: str, password: str, tenant: str | None = None) -> TokenPair:
        """Open a session for the user with this address and password.

        `tenant` is a short name; without one it is the default tenant, else the only active one.

        Raises:
            TenantRequiredError: there are several tenants and none is named.
            InvalidCredentialsError: anything else is wrong, after the same time.
        """
        tenant_id = await self._tenant(tenant)
        attempt = None if tenant_id is None else await self._begin_attempt(tenant_id, email)
        hashed = attempt.password_hash if attempt else None
        is_right = await self._passwords.verify(password, hashed)
        if not is_right or attempt is None or tenant_id is None:
            raise InvalidCredentialsError
        renewed = None
        if self._passwords.is_outdated(attempt.password_hash):
            renewed = await self._passwords.hash(password)
        actor = Actor(str(attempt.user_id), "user", current_actor().request_id)
        with acting_as(actor):
            return await self._open_session(tenant_id, attempt, renewed)

    async def refresh(self, refresh_token: str) -> TokenPair:
        """Exchange a refresh token for a new pair; the old one is used up.

        Raises:
            InvalidRefreshTokenError: unknown, expired, revoked, or the user may not sign in.
            RefreshTokenReusedError: it was used before; its session has been ended.
        """
        token = read_token(REFRESH_PREFIX, refresh_token)
        if token is None:
            raise InvalidRefreshTokenError
        async with self._database.transaction(token.tenant_id) as session:
            answer = await self._rotate(session, token)
        # Raised only now, after the commit: the end of the session must not be rolled back.
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sign_out(self, principal: Principal) -> None:
        """End the principal's session; an API key has none, and nothing happens."""
        if principal.session_id is None:
            return
        async with self._database.transaction(principal.tenant_id) as session:
            now = self._database.clock.now()
            sessions = SessionRepository(session)
            if await sessions.revoke(principal.session_id, "signed_out", now):
                await record(
                    session,
                    action="identity.sign_out",
                    target=("session", principal.session_id),
                )

    async def require_password(self, principal: Principal, password: str) -> None:
        """Make sure that the signed-in user knows their password; wrong ones count as failures.

        Raises:
            InvalidCredentialsError: it is wrong, the account is locked, or it is an API key.
        """
        attempt = None
        if principal.kind == "user":
            async with self._database.transaction(principal.tenant_id) as session:
                attempt = await self._count(session, user_id=UUID(principal.subject))
        hashed = attempt.password_hash if attempt else None
        if not await self._passwords.verify(password, hashed) or attempt is None:
            raise InvalidCredentialsError
        async with self._database.transaction(principal.tenant_id) as session:
            user = await UserRepository(session).by_id(attempt.user_id, for_update=True)
            if user is not None:
                user.failed_attempts, user.locked_until = 0, None

    async def _tenant(self, slug: str | None) -> UUID | None:
        if slug is not None:
            try:
                return (await tenant_by_slug(self._database, slug)).id
            except TenantNotFoundError:
                return None
        if self._default_tenant is not None:
            return self._default_tenant
        match await active_tenants(self._database):
            case [only]:
                return only.id
            case []:
                return None
            case _:
                raise TenantRequiredError

    async def _begin_attempt(self, tenant_id: UUID, email: str) -> _Attempt | None:
        try:
            address = normalised_email(email)
        except InvalidEmailError:
            address = ""
        async with self._database.transaction(tenant_id) as session:
            return await self._count(session, email=address)

    async def _count(
        self, session: AsyncSession, *, email: str = "", user_id: UUID | None = None
    ) -> _Attempt | None:
        """Count an attempt before it is known to be right; None where none may be made.

        Both cases leave an audit row, so that they take the same time.
        """
        users = UserRepository(session)
        if user_id is None:
            user = await users.by_email(email, for_update=True)
        else:
            user = await users.by_id(user_id, for_update=True)
        now = self._database.clock.now()
        may_try = user is not None and user.may_try(now) and await tenant_is_active(session)
        target = ("user", user.id if user is not None else "unknown")
        await record(
            session, action="identity.sign_in_attempt", target=target, after={"allowed": may_try}
        )
        if user is None or not may_try:
            return None
        user.count_attempt(now)
        return _Attempt(user.id, user.password_hash)

    async def _open_session(
        self, tenant_id: UUID, attempt: _Attempt, renewed_hash: str | None
    ) -> TokenPair:
        async with self._database.transaction(tenant_id) as session:
            now = self._database.clock.now()
            user = await UserRepository(session).by_id(attempt.user_id, for_update=True)
            # Deactivated, or given another password, while this one was being verified.
            if user is None or not user.is_active or user.password_hash != attempt.password_hash:
                raise InvalidCredentialsError
            if renewed_hash is not None:
                user.password_hash = renewed_hash
            user.signed_in(now)
            opened = UserSession(
                id=new_id(),
                user_id=user.id,
                created_at=now,
                expires_at=now + self._refresh_life,
            )
            token, secret = self._next_token(tenant_id, opened, now)
            await SessionRepository(session).add(opened, token)
            await record(session, action="identity.sign_in", target=("user", user.id))
            return self._pair(tenant_id, opened, secret, now)

    async def _rotate(
        self, session: AsyncSession, token: OpaqueToken
    ) -> TokenPair | InvalidRefreshTokenError | RefreshTokenReusedError:
        now = self._database.clock.now()
        sessions = SessionRepository(session)
        found = await sessions.by_token(token.digest)
        if found is None:
            return InvalidRefreshTokenError()
        stored, opened = found
        if stored.used_at is not None:
            if await sessions.revoke(opened.id, "refresh_token_reused", now):
                await record(
                    session,
                    action="identity.refresh_token_reuse",
                    target=("session", opened.id),
                )
            return RefreshTokenReusedError()
        user = await UserRepository(session).by_id(opened.user_id)
        may_sign_in = user is not None and user.is_active and await tenant_is_active(session)
        if not opened.is_open(now) or not may_sign_in:
            return InvalidRefreshTokenError()
        stored.used_at = now
        opened.expires_at = now + self._refresh_life
        following, secret = self._next_token(token.tenant_id, opened, now)
        sessions.add_token(following)
        return self._pair(token.tenant_id, opened, secret, now)

    def _next_token(
        self, tenant_id: UUID, opened: UserSession, now: datetime
    ) -> tuple[RefreshToken, str]:
        random = secrets.token_urlsafe(RANDOM_BYTES)
        secret = compose_token(REFRESH_PREFIX, tenant_id, random)
        token = RefreshToken(
            id=new_id(), session_id=opened.id, token_hash=digest_of(secret), issued_at=now
        )
        return token, secret

    def _pair(
        self, tenant_id: UUID, opened: UserSession, refresh_token: str, now: datetime
    ) -> TokenPair:
        claims = AccessClaims(
            tenant_id=tenant_id,
            user_id=opened.user_id,
            session_id=opened.id,
            token_id=new_id(),
            issued_at=now,
            expires_at=now + self._access_life,
        )
        return TokenPair(
            access_token=sign_access_token(claims, self._key),
            refresh_token=refresh_token,
            expires_in=int(self._access_life.total_seconds()),
        )
