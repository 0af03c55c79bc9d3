"""Signing in at a provider: leaving for it, coming back, and fetching the session."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hmac import compare_digest
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, clock_of, new_id, tenant_of
from dotmac_core_ops.errors import DomainError
from dotmac_core_ops.http import Client
from dotmac_core_ops.principal import Actor, Principal, acting_as, current_actor
from dotmac_core_ops.sealing import Sealer
from dotmac_core_ops.tenants import tenant_is_active
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.domains.service import base_url_of
from dotmac_identity.second_step.challenge import NewChallenge
from dotmac_identity.second_step.errors import SecondFactorRequiredError
from dotmac_identity.second_step.service import SecondStepService
from dotmac_identity.sessions.opaque_token import (
    RANDOM_BYTES,
    compose_token,
    digest_of,
    read_token,
)
from dotmac_identity.sessions.repository import SessionRepository
from dotmac_identity.sessions.service import TokenIssuer, open_session, require_admitted
from dotmac_identity.sessions.tokens import TokenPair
from dotmac_identity.single_sign_on.adapters.provider_client import ProviderClient
from dotmac_identity.single_sign_on.flows.errors import InvalidSignInFlowError
from dotmac_identity.single_sign_on.flows.models import FLOW_LIFE, SignInFlow
from dotmac_identity.single_sign_on.flows.repository import FlowRepository
from dotmac_identity.single_sign_on.identities.service import IdentityService
from dotmac_identity.single_sign_on.openid.asking import Wishes, authorization_address
from dotmac_identity.single_sign_on.openid.claims import (
    ProvidedIdentity,
    claimed_values,
    provided_identity,
)
from dotmac_identity.single_sign_on.openid.errors import ProviderAnswerError, ProviderDeniedError
from dotmac_identity.single_sign_on.openid.flow_secrets import FlowSecrets
from dotmac_identity.single_sign_on.openid.return_paths import checked_return_path
from dotmac_identity.single_sign_on.providers.addresses import LANDING_PAGE
from dotmac_identity.single_sign_on.providers.errors import SignInProviderNotFoundError
from dotmac_identity.single_sign_on.providers.models import SignInProvider
from dotmac_identity.single_sign_on.providers.repository import ProviderRepository
from dotmac_identity.single_sign_on.providers.service import ProviderService
from dotmac_identity.single_sign_on.providers.view import ProviderReport, ProviderSetup
from dotmac_identity.users.repository import UserRepository

CODE_PREFIX = "dmo"
"""What the code starts with for which the app fetches its session."""


@dataclass(frozen=True)
class Departure:
    """Where the browser goes, and what it has to keep: without `secrets`, nothing."""

    address: str
    secrets: FlowSecrets | None = field(default=None, repr=False)
    is_secure: bool = True


@dataclass(frozen=True)
class Answer:
    """What a provider sent the browser back with."""

    state: str = ""
    code: str = field(default="", repr=False)
    issuer: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class _Begun:
    """A sign-in whose answer has come, and what is needed to ask about it."""

    flow_id: UUID
    setup: ProviderSetup
    secrets: FlowSecrets = field(repr=False)
    max_age_seconds: int | None = None


class SingleSignOn:
    """Signs people in by providers of identities.

    It opens its own transactions: none is open while a provider is asked, and an answer stays used
    whatever becomes of it.
    """

    def __init__(
        self,
        database: Database,
        issuer: TokenIssuer,
        sealer: Sealer,
        passwords: Passwords,
        public_url: str,
        *,
        allows_loopback: bool = False,
    ) -> None:
        self.client = ProviderClient(database.clock, allows_loopback=allows_loopback)
        self._database = database
        self._issuer = issuer
        self._sealer = sealer
        self._passwords = passwords
        self._public_url = public_url
        self._allows_loopback = allows_loopback

    def providers(self, session: AsyncSession) -> ProviderService:
        """The providers of the session's tenant."""
        return ProviderService(
            session, self._sealer, self._public_url, allows_loopback=self._allows_loopback
        )

    def identities(self, session: AsyncSession) -> IdentityService:
        """The linked identities of the session's tenant."""
        return IdentityService(session, self._public_url, self._passwords)

    async def examine(self, setup: ProviderSetup) -> ProviderReport:
        """What the provider says of itself, read anew.

        Raises:
            ProviderUnreachableError, ProviderAddressError: it cannot be used.
        """
        metadata = await self.client.metadata(setup.issuer, fresh=True)
        keys = await self.client.keys(metadata)
        return ProviderReport(
            issuer=metadata.issuer,
            authorization_endpoint=metadata.authorization_endpoint,
            token_endpoint=metadata.token_endpoint,
            userinfo_endpoint=metadata.userinfo_endpoint,
            algorithms=metadata.algorithms,
            keys=len(keys.keys),
            supports_pkce=metadata.supports_pkce,
            names_itself=metadata.names_itself,
        )

    async def depart(
        self, tenant_id: UUID, provider_id: UUID, wishes: Wishes, return_to: str | None
    ) -> Departure:
        """Begin to sign somebody in; a refusal leads back to the app, with its code."""
        try:
            return await self.begin(tenant_id, provider_id, wishes, return_to=return_to)
        except DomainError as refusal:
            async with self._database.transaction(tenant_id) as session:
                return Departure(await self._page(session, error=refusal.code))

    async def begin(
        self,
        tenant_id: UUID,
        provider_id: UUID,
        wishes: Wishes,
        *,
        return_to: str | None = None,
        linking: Principal | None = None,
    ) -> Departure:
        """Begin to sign somebody in, or to link an identity to who is signed in.

        Raises:
            SignInProviderNotFoundError: there is none, or nobody signs in there at the moment.
            InvalidReturnPathError: `return_to` is not a path of the app.
            ProviderUnreachableError, ProviderAddressError: the provider cannot be used.
        """
        path = checked_return_path(return_to)
        async with self._database.transaction(tenant_id) as session:
            if not await tenant_is_active(session):
                raise SignInProviderNotFoundError(provider_id)
            setup = await self.providers(session).setup(provider_id)
        metadata = await self.client.metadata(setup.issuer)
        ages = [one for one in (setup.max_age_seconds, wishes.max_age_seconds) if one is not None]
        wishes = Wishes(wishes.prompt, min(ages, default=None), wishes.login_hint)
        kept = FlowSecrets.of(secrets.token_urlsafe(RANDOM_BYTES))
        now = self._database.clock.now()
        async with self._database.transaction(tenant_id) as session:
            if await ProviderRepository(session).by_id(provider_id) is None:
                raise SignInProviderNotFoundError(provider_id)
            FlowRepository(session).add(
                SignInFlow(
                    id=new_id(),
                    provider_id=provider_id,
                    state_hash=kept.state_hash,
                    linking_user_id=None if linking is None else UUID(linking.subject),
                    linking_session_id=None if linking is None else linking.session_id,
                    return_to=path,
                    max_age_seconds=wishes.max_age_seconds,
                    created_at=now,
                    expires_at=now + FLOW_LIFE,
                    second_factor_vouched=False,
                )
            )
        address = authorization_address(metadata, setup, kept, wishes)
        return Departure(address, kept, is_secure=setup.redirect_uri.startswith("https:"))

    async def arrive(
        self, tenant_id: UUID, provider_id: UUID, answer: Answer, kept: Sequence[FlowSecrets]
    ) -> str:
        """Take the provider's answer; the address in the app that the browser goes to.

        It says after its `#` with which code the app fetches the session, or what was refused.
        """
        begun = None
        try:
            begun = await self._take(tenant_id, provider_id, answer, kept)
            if answer.error is not None:
                raise ProviderDeniedError(answer.error)
            await self._check_issuer(begun, answer)
            claims = await self.client.claims(
                begun.setup, begun.secrets, answer.code, max_age_seconds=begun.max_age_seconds
            )
            async with self._database.transaction(tenant_id) as session:
                return await self._received(session, begun, claims)
        except DomainError as refusal:
            async with self._database.transaction(tenant_id) as session:
                if begun is not None:  # what was never begun here would only fill the log
                    await _note(session, provider_id, refusal)
                return await self._page(session, error=refusal.code)

    async def finish(
        self,
        code: str,
        kept: Sequence[FlowSecrets],
        *,
        client: Client,
        device_token: str | None = None,
    ) -> TokenPair:
        """Open the session for which the app got `code`, in the browser that began.

        Raises:
            InvalidSignInFlowError: unknown, used, a minute old, or of another browser.
            TenantSuspendedError: only owners are let in at the moment.
            SecondFactorRequiredError: all is right so far; go on with `FactorSignIn`.
        """
        token = read_token(CODE_PREFIX, code)
        if token is None:
            raise InvalidSignInFlowError
        async with self._database.transaction(token.tenant_id) as session:
            opened = await self._opened(session, token.digest, kept, client, device_token)
        # Raised only now, after the commit: the challenge must not be rolled back.
        if isinstance(opened, NewChallenge):
            raise SecondFactorRequiredError(opened)
        return opened

    async def _take(
        self, tenant_id: UUID, provider_id: UUID, answer: Answer, kept: Sequence[FlowSecrets]
    ) -> _Begun:
        """The sign-in that `answer` belongs to; used up, whatever becomes of it."""
        mine = next((one for one in kept if _is_of(one, answer.state)), None)
        if mine is None:
            raise InvalidSignInFlowError
        now = self._database.clock.now()
        async with self._database.transaction(tenant_id) as session:
            flow = await FlowRepository(session).by_state(mine.state_hash)
            # The path says which provider answers: an answer of another one proves nothing here.
            if flow is None or flow.provider_id != provider_id or not flow.awaits_answer(now):
                raise InvalidSignInFlowError
            flow.answered_at = now
            setup = await self.providers(session).setup(provider_id)
            return _Begun(flow.id, setup, mine, flow.max_age_seconds)

    async def _check_issuer(self, begun: _Begun, answer: Answer) -> None:
        """Refuse an answer that another provider sent (RFC 9207, against mix-up)."""
        metadata = await self.client.metadata(begun.setup.issuer)
        if answer.issuer is None and not metadata.names_itself:
            return
        if answer.issuer != begun.setup.issuer:
            raise ProviderAnswerError("another provider answered")

    async def _received(
        self, session: AsyncSession, begun: _Begun, claims: dict[str, object]
    ) -> str:
        person = provided_identity(claims)
        flow = await FlowRepository(session).by_id(begun.flow_id)
        provider = await ProviderRepository(session).by_id(begun.setup.provider_id)
        if flow is None or provider is None or not provider.is_enabled:
            raise SignInProviderNotFoundError(begun.setup.provider_id)
        if flow.linking_user_id is not None:
            await self._link(session, provider, person, flow)
            return await self._page(session, linked="true", return_to=flow.return_to)
        claim = provider.role_claim
        values = frozenset[str]() if claim is None else claimed_values(claims, claim)
        user = await self.identities(session).user_of(provider, person, values)
        random = secrets.token_urlsafe(RANDOM_BYTES)
        code = compose_token(CODE_PREFIX, tenant_of(session), random)
        now = clock_of(session).now()
        flow.hand_over(user.id, digest_of(code), now, vouched=provider.vouches_for(person))
        return await self._page(session, code=code, return_to=flow.return_to)

    async def _link(
        self,
        session: AsyncSession,
        provider: SignInProvider,
        person: ProvidedIdentity,
        flow: SignInFlow,
    ) -> None:
        """Link for who asked for it, if they are still signed in where they asked."""
        assert flow.linking_user_id is not None
        now = clock_of(session).now()
        opened = None
        if flow.linking_session_id is not None:
            opened = await SessionRepository(session).by_id(flow.linking_session_id)
        if opened is None or not opened.is_open(now):
            raise InvalidSignInFlowError
        flow.finished_at = now
        with _acting(flow.linking_user_id):
            await self.identities(session).link(provider, person, flow.linking_user_id)

    async def _opened(
        self,
        session: AsyncSession,
        code_hash: bytes,
        kept: Sequence[FlowSecrets],
        client: Client,
        device_token: str | None,
    ) -> TokenPair | NewChallenge:
        now = clock_of(session).now()
        flow = await FlowRepository(session).by_code(code_hash)
        is_mine = flow is not None and any(one.state_hash == flow.state_hash for one in kept)
        if flow is None or not is_mine or not flow.awaits_app(now) or flow.user_id is None:
            raise InvalidSignInFlowError
        provider = await ProviderRepository(session).by_id(flow.provider_id)
        if provider is None or not provider.is_enabled:  # switched off a moment ago
            raise InvalidSignInFlowError
        user = await UserRepository(session).by_id(flow.user_id, for_update=True)
        is_known = user is not None and user.is_active and user.kind is AccountKind.STAFF
        if user is None or not is_known or not await tenant_is_active(session):
            raise InvalidSignInFlowError
        await require_admitted(session, user.id)
        flow.finished_at = now
        with _acting(user.id):
            if not flow.second_factor_vouched:
                challenge = await SecondStepService(session).challenged(
                    user.id, device_token, password_hash=user.password_hash
                )
                if challenge is not None:
                    return challenge
            # Failed passwords stay counted: nobody guessed one here.
            user.last_sign_in_at = now
            return await open_session(
                session,
                self._issuer,
                user.holder(),
                client,
                second_factor_vouched=flow.second_factor_vouched,
            )

    async def _page(self, session: AsyncSession, **told: str | None) -> str:
        """The page of the app that takes over, told what after the `#`."""
        base_url = await base_url_of(session, self._public_url)
        fragment = urlencode({name: value for name, value in told.items() if value is not None})
        return f"{base_url}{LANDING_PAGE}#{fragment}"


async def _note(session: AsyncSession, provider_id: UUID, refusal: DomainError) -> None:
    await record(
        session,
        action="identity.single_sign_on_refused",
        target=("sign_in_provider", provider_id),
        after={"code": refusal.code, "reason": refusal.details.get("reason")},
    )


def _is_of(kept: FlowSecrets, state: str) -> bool:
    return compare_digest(kept.state.encode(), state.encode("utf-8", "surrogatepass"))


def _acting(user_id: UUID) -> AbstractContextManager[None]:
    return acting_as(Actor(str(user_id), "user", current_actor().request_id))
