"""Signing in, refreshing, signing out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, clock_of
from dotmac_core_ops.domains import tenant_of_domain
from dotmac_core_ops.http import Client
from dotmac_core_ops.principal import Actor, Principal, acting_as, current_actor
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenants import (
    TenantNotFoundError,
    tenant_by_slug,
    tenant_is_active,
    tenants_meant,
)
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.authentication.repository import SignInNetworkRepository
from dotmac_identity.second_step.challenge import NewChallenge
from dotmac_identity.second_step.errors import (
    SecondFactorRequiredError,
)
from dotmac_identity.second_step.service import SecondStepService
from dotmac_identity.sessions.errors import (
    InvalidCredentialsError,
    InvalidRefreshTokenError,
    RefreshTokenReusedError,
    TenantRequiredError,
    TooManyAttemptsError,
)
from dotmac_identity.sessions.holder import SessionHolder
from dotmac_identity.sessions.opaque_token import OpaqueToken, read_token
from dotmac_identity.sessions.repository import SessionRepository
from dotmac_identity.sessions.service import TokenIssuer, open_session, require_admitted
from dotmac_identity.sessions.tokens import REFRESH_PREFIX, TokenPair
from dotmac_identity.users.account import UserAccount
from dotmac_identity.users.emails import InvalidEmailError, normalised_email
from dotmac_identity.users.repository import UserRepository

NOWHERE = Client("")
RELOAD_GRACE = timedelta(seconds=10)
"""For how long a browser may send a refresh token again: a page that is reloaded while it waits for
the answer never sees the next one, and a thief has no use for so short a time."""
"""Who signs in from no address: a program in this process."""


@dataclass(frozen=True)
class _Attempt:
    user_id: UUID
    password_hash: str | None
    counted: int


class SignInService:
    """Opens and ends sessions.

    It opens its own transactions, because what a refused request leaves behind must stay: the count
    of failures, the end of a session whose refresh token was stolen.
    """

    def __init__(self, database: Database, settings: Settings, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords
        self._default_tenant = settings.default_tenant_id
        self.issuer = TokenIssuer.of(settings)

    async def sign_in(
        self,
        *,
        email: str,
        password: str,
        tenant: str | None = None,
        kind: AccountKind = AccountKind.STAFF,
        client: Client = NOWHERE,
        device_token: str | None = None,
    ) -> TokenPair:
        """Open a session for the account of this kind with this address and password.

        `tenant` is a short name; without one it is the default tenant, else the only active one
        beside the operator.
        `device_token` is what a remembered device was given.

        Raises:
            TenantRequiredError: there are several tenants and none is named.
            TooManyAttemptsError: too many attempts from the client's address have failed.
            InvalidCredentialsError: anything else is wrong, after the same time.
            TenantSuspendedError: all is right, but only owners are let in at the moment.
            SecondFactorRequiredError: all is right so far; go on with `FactorSignIn`.
        """
        tenant_id = await self.tenant(tenant)
        attempt = None
        if tenant_id is not None:
            attempt = await self._begin_attempt(tenant_id, email, kind, client)
        hashed = attempt.password_hash if attempt else None
        is_right = await self._passwords.verify(password, hashed)
        if not is_right or attempt is None or tenant_id is None:
            raise InvalidCredentialsError
        renewed = None
        if hashed is not None and self._passwords.is_outdated(hashed):
            renewed = await self._passwords.hash(password)
        actor = Actor(str(attempt.user_id), kind_of_actor(kind), current_actor().request_id)
        with acting_as(actor):
            answer = await self._open_session(tenant_id, attempt, renewed, client, device_token)
        # Raised only now, after the commit: the challenge must not be rolled back.
        if isinstance(answer, NewChallenge):
            raise SecondFactorRequiredError(answer)
        return answer

    async def open_for(
        self, session: AsyncSession, account: UserAccount, client: Client
    ) -> TokenPair:
        """Sign in somebody who proved who they are by other means, in the caller's transaction.

        Raises:
            TenantSuspendedError: only owners are let in at the moment.
        """
        holder = SessionHolder(
            account.id, account.kind, account.email, account.name, account.locale
        )
        with acting_as(
            Actor(str(account.id), kind_of_actor(account.kind), current_actor().request_id)
        ):
            return await open_session(session, self.issuer, holder, client)

    async def refresh(
        self,
        refresh_token: str,
        *,
        kind: AccountKind = AccountKind.STAFF,
        client: Client = NOWHERE,
        is_browser: bool = False,
    ) -> TokenPair:
        """Exchange a refresh token for a new pair; the old one is used up.

        A browser may come again with the same one for `RELOAD_GRACE`.

        Raises:
            InvalidRefreshTokenError: unknown, expired, revoked, of an account of another kind, or
                the user may not sign in.
            RefreshTokenReusedError: it was used before; its session has been ended.
            TenantSuspendedError: only owners are let in at the moment; the token stays good.
        """
        token = read_token(REFRESH_PREFIX, refresh_token)
        if token is None:
            raise InvalidRefreshTokenError
        async with self._database.transaction(token.tenant_id) as session:
            answer = await self._rotate(session, token, kind, client, is_browser=is_browser)
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
        if principal.session_id is not None:
            async with self._database.transaction(principal.tenant_id) as session:
                attempt = await self._count(session, user_id=UUID(principal.subject))
        hashed = attempt.password_hash if attempt else None
        if not await self._passwords.verify(password, hashed) or attempt is None:
            raise InvalidCredentialsError
        async with self._database.transaction(principal.tenant_id) as session:
            user = await UserRepository(session).by_id(attempt.user_id, for_update=True)
            if user is not None:
                user.failed_attempts, user.locked_until = 0, None

    async def tenant(self, slug: str | None) -> UUID | None:
        """The tenant that somebody who is not known yet means; None if there is no such.

        Raises:
            TenantRequiredError: there are several and none is named.
        """
        if slug is not None:
            if "." in slug:  # no short name has one
                found = await tenant_of_domain(self._database, slug)
                return None if found is None else found.id
            try:
                return (await tenant_by_slug(self._database, slug)).id
            except TenantNotFoundError:
                return None
        if self._default_tenant is not None:
            return self._default_tenant
        match await tenants_meant(self._database):
            case [only]:
                return only.id
            case []:
                return None
            case _:
                raise TenantRequiredError

    async def _begin_attempt(
        self, tenant_id: UUID, email: str, kind: AccountKind, client: Client
    ) -> _Attempt | None:
        try:
            address = normalised_email(email)
        except InvalidEmailError:
            address = ""
        async with self._database.transaction(tenant_id) as session:
            await count_from(session, client)
            return await self._count(session, email=address, kind=kind)

    async def _count(
        self,
        session: AsyncSession,
        *,
        email: str = "",
        kind: AccountKind = AccountKind.STAFF,
        user_id: UUID | None = None,
    ) -> _Attempt | None:
        """Count an attempt before it is known to be right; None where none may be made.

        Both cases leave an audit row, so that they take the same time.
        """
        users = UserRepository(session)
        if user_id is None:
            user = await users.by_email(email, kind, for_update=True)
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
        return _Attempt(user.id, user.password_hash, user.failed_attempts)

    async def _open_session(
        self,
        tenant_id: UUID,
        attempt: _Attempt,
        renewed_hash: str | None,
        client: Client,
        device_token: str | None,
    ) -> TokenPair | NewChallenge:
        async with self._database.transaction(tenant_id) as session:
            await forgive_from(session, client)
            user = await UserRepository(session).by_id(attempt.user_id, for_update=True)
            # Deactivated, or given another password, while this one was being verified.
            if user is None or not user.is_active or user.password_hash != attempt.password_hash:
                raise InvalidCredentialsError
            await require_admitted(session, user.id)
            if renewed_hash is not None:
                user.password_hash = renewed_hash
            challenge = await SecondStepService(session).challenged(
                user.id, device_token, password_hash=user.password_hash
            )
            if challenge is not None:
                user.forgive_attempt(attempt.counted)
                return challenge
            user.signed_in(self._database.clock.now())
            return await open_session(session, self.issuer, user.holder(), client)

    async def _rotate(
        self,
        session: AsyncSession,
        token: OpaqueToken,
        kind: AccountKind,
        client: Client,
        *,
        is_browser: bool,
    ) -> TokenPair | InvalidRefreshTokenError | RefreshTokenReusedError:
        now = self._database.clock.now()
        sessions = SessionRepository(session)
        found = await sessions.by_token(token.digest)
        if found is None:
            return InvalidRefreshTokenError()
        stored, opened = found
        grace = RELOAD_GRACE if is_browser else timedelta(0)
        if stored.used_at is not None and now - stored.used_at >= grace:
            if await sessions.revoke(opened.id, "refresh_token_reused", now):
                await record(
                    session,
                    action="identity.refresh_token_reuse",
                    target=("session", opened.id),
                )
            return RefreshTokenReusedError()
        user = await UserRepository(session).by_id(opened.user_id)
        may_sign_in = user is not None and user.is_active and await tenant_is_active(session)
        if user is None or user.kind is not kind or not opened.is_open(now) or not may_sign_in:
            return InvalidRefreshTokenError()
        await require_admitted(session, user.id)
        stored.used_at = now
        opened.refreshed(client, now, now + await self.issuer.life(session))
        following, secret = self.issuer.next_token(session, opened)
        sessions.add_token(following)
        return self.issuer.pair(session, opened, kind, secret)


def kind_of_actor(kind: AccountKind) -> Literal["user", "portal"]:
    """How the audit log calls people of this kind."""
    return "portal" if kind is AccountKind.PORTAL else "user"


async def count_from(session: AsyncSession, client: Client) -> None:
    """Count an attempt from the client's address, before it is known to be right.

    Raises:
        TooManyAttemptsError: too many from there have failed.
    """
    if client.network:
        network = await SignInNetworkRepository(session).locked(client.network)
        now = clock_of(session).now()
        if wait := network.wait(now):
            raise TooManyAttemptsError(math.ceil(wait.total_seconds()))
        network.count_attempt(now)


async def forgive_from(session: AsyncSession, client: Client) -> None:
    """Take the latest attempt from the client's address back: it was right."""
    if client.network:
        (await SignInNetworkRepository(session).locked(client.network)).forgive()
