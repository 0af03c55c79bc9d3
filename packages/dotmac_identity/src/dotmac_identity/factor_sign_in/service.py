"""Showing a second factor: to finish signing in, or before what is done rarely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database
from dotmac_core_ops.http import Client
from dotmac_core_ops.principal import Actor, Principal, acting_as, current_actor
from dotmac_core_ops.sealing import Sealer
from dotmac_core_ops.tenants import tenant_is_active
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.authentication.service import (
    NOWHERE,
    count_from,
    forgive_from,
    kind_of_actor,
)
from dotmac_identity.passkey_sign_in.service import PasskeyProofService
from dotmac_identity.passkeys.challenge import Ceremony, Purpose
from dotmac_identity.passkeys.service import PasskeySite
from dotmac_identity.second_factors.service import SecondFactorService
from dotmac_identity.second_step.challenge import CHALLENGE_PREFIX
from dotmac_identity.second_step.errors import InvalidSecondFactorError
from dotmac_identity.second_step.repository import SecondStepRepository
from dotmac_identity.second_step.service import SecondStepService
from dotmac_identity.sessions.opaque_token import OpaqueToken, read_token
from dotmac_identity.sessions.service import TokenIssuer, open_session
from dotmac_identity.sessions.tokens import TokenPair
from dotmac_identity.users.models import User
from dotmac_identity.users.repository import UserRepository

Proof: TypeAlias = str | Mapping[str, Any]
"""A code of the app or the paper; or what a browser says that a passkey has signed."""


@dataclass(frozen=True)
class SignedIn:
    """The tokens of a new session, and what its device is remembered by, if it shall be."""

    tokens: TokenPair
    device_token: str | None = field(default=None, repr=False)


class FactorSignIn:
    """Takes second factors.

    It opens its own transactions, because the count of failures must stay when it refuses.
    """

    def __init__(
        self, database: Database, issuer: TokenIssuer, sealer: Sealer, site: PasskeySite
    ) -> None:
        self._database = database
        self._issuer = issuer
        self._sealer = sealer
        self._site = site

    async def finish(
        self,
        challenge: str,
        proof: Proof,
        *,
        remember_device: bool = False,
        kind: AccountKind = AccountKind.STAFF,
        client: Client = NOWHERE,
    ) -> SignedIn:
        """Open the session that a second factor was asked for.

        Raises:
            TooManyAttemptsError: too many attempts from the client's address have failed.
            InvalidSecondFactorError: the proof or the challenge are wrong, used or expired, or the
                account is locked or inactive.
        """
        token = read_token(CHALLENGE_PREFIX, challenge)
        if token is None:
            raise InvalidSecondFactorError
        async with self._database.transaction(token.tenant_id) as session:
            await count_from(session, client)
            user = await self._answered(session, token, proof, kind)
            if user is not None:
                await forgive_from(session, client)
                return await self._open(session, user, client, remember_device=remember_device)
        # Raised only now, after the commit: the count of failures must not be rolled back.
        raise InvalidSecondFactorError

    async def passkey_options(
        self, challenge: str, *, kind: AccountKind, origin: str | None
    ) -> dict[str, Any]:
        """What the browser needs to answer the challenge with a passkey.

        Raises:
            InvalidSecondFactorError: the challenge is wrong, used or expired.
            NoPasskeyHereError: the user has none that is good for the page at `origin`.
        """
        token = read_token(CHALLENGE_PREFIX, challenge)
        if token is None:
            raise InvalidSecondFactorError
        async with self._database.transaction(token.tenant_id) as session:
            steps = SecondStepRepository(session)
            begun = await steps.challenge(token.digest)
            if begun is None or not begun.is_good(self._database.clock.now()):
                raise InvalidSecondFactorError
            user = await UserRepository(session).by_id(begun.user_id)
            if user is None or user.kind is not kind:
                raise InvalidSecondFactorError
            proofs = PasskeyProofService(session, self._site)
            return await proofs.options(user.id, token.digest, origin)

    async def require(self, principal: Principal, code: str) -> None:
        """Make sure that the signed-in user has their second factor; `code` is used up.

        Raises:
            InvalidSecondFactorError: it is wrong, the account is locked, or it is an API key.
        """
        is_right = False
        if principal.session_id is not None:
            async with self._database.transaction(principal.tenant_id) as session:
                users = UserRepository(session)
                user = await users.by_id(UUID(principal.subject), for_update=True)
                is_right = user is not None and await self._is_shown(session, user, code)
        if not is_right:
            raise InvalidSecondFactorError

    async def _answered(
        self, session: AsyncSession, token: OpaqueToken, proof: Proof, kind: AccountKind
    ) -> User | None:
        """Who answers the challenge of `token` by `proof`, counted as an attempt; None: nobody."""
        now = self._database.clock.now()
        challenge = await SecondStepRepository(session).challenge(token.digest)
        if challenge is None or not challenge.is_good(now):
            return None
        user = await UserRepository(session).by_id(challenge.user_id, for_update=True)
        if user is None or user.kind is not kind or not await tenant_is_active(session):
            return None
        if user.updated_at > challenge.created_at:  # perhaps another password by now
            return None
        challenge.attempts += 1
        if not await self._is_shown(session, user, proof, token.digest):
            return None
        challenge.used_at = user.last_sign_in_at = now
        return user

    async def _is_shown(
        self, session: AsyncSession, user: User, proof: Proof, about: bytes = b""
    ) -> bool:
        """Whether `proof` is the user's second factor; counted before it is looked at.

        A passkey has to have signed what was asked for `about`, which is nothing by itself.
        """
        now = self._database.clock.now()
        may_try = user.may_try(now)
        await record(
            session,
            action="identity.second_factor_attempt",
            target=("user", user.id),
            after={"allowed": may_try},
        )
        if not may_try:
            return False
        user.count_attempt(now)
        if isinstance(proof, str):
            factors = SecondFactorService(session, self._sealer)
            is_right = await factors.prove(user, proof) is not None
        else:
            purpose = Purpose(Ceremony.SECOND_STEP, about)
            is_right = await PasskeyProofService(session, self._site).prove(user, proof, purpose)
        if is_right:
            user.failed_attempts, user.locked_until = 0, None
        return is_right

    async def _open(
        self, session: AsyncSession, user: User, client: Client, *, remember_device: bool
    ) -> SignedIn:
        actor = Actor(str(user.id), kind_of_actor(user.kind), current_actor().request_id)
        with acting_as(actor):
            tokens = await open_session(session, self._issuer, user.holder(), client)
            if not remember_device:
                return SignedIn(tokens)
            return SignedIn(
                tokens,
                await SecondStepService(session).remember(
                    user.id, client, password_hash=user.password_hash
                ),
            )
