"""Showing a passkey: after the password, or alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher, send_message
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, clock_of, tenant_of
from dotmac_core_ops.domains import tenant_of_domain
from dotmac_core_ops.http import Client
from dotmac_core_ops.principal import Actor, acting_as, current_actor
from dotmac_core_ops.tenants import tenant_is_active
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.accounts.messages import SECURITY
from dotmac_identity.accounts.service import look_of
from dotmac_identity.authentication.service import (
    NOWHERE,
    count_from,
    forgive_from,
    kind_of_actor,
)
from dotmac_identity.domains.names import InvalidDomainError, normalised_domain
from dotmac_identity.passkey_sign_in.errors import PasskeyRefusedError
from dotmac_identity.passkeys.ceremony import (
    Answer,
    Shown,
    UnverifiedError,
    is_copy,
    read_answer,
    request_options,
    verified_use,
)
from dotmac_identity.passkeys.challenge import Ceremony, Purpose
from dotmac_identity.passkeys.errors import NoDomainForPasskeysError, NoPasskeyHereError
from dotmac_identity.passkeys.events import PasskeyCopied
from dotmac_identity.passkeys.messages import passkey_copied
from dotmac_identity.passkeys.relying_party import (
    RelyingParty,
    chosen_party,
    parties_at,
    party_of,
)
from dotmac_identity.passkeys.repository import PasskeyRepository
from dotmac_identity.passkeys.service import PasskeySite, known_by
from dotmac_identity.passkeys.user_handle import read_user_handle, user_handle
from dotmac_identity.second_factors.models import Passkey
from dotmac_identity.sessions.service import TokenIssuer, open_session
from dotmac_identity.sessions.tokens import TokenPair
from dotmac_identity.users.models import User
from dotmac_identity.users.repository import UserRepository

_ALONE = Purpose(Ceremony.ALONE)
_HTTPS = "https://"


class PasskeyProofService:
    """Passkeys that users of the session's tenant show."""

    def __init__(self, session: AsyncSession, site: PasskeySite) -> None:
        self._session = session
        self._site = site
        self._passkeys = PasskeyRepository(session)

    async def options(self, user_id: UUID, about: bytes, origin: str | None) -> dict[str, Any]:
        """What the browser needs to show one of the user's passkeys beside their password.

        Raises:
            NoPasskeyHereError: the user has none that is good for the page at `origin`.
        """
        party = await self._site.party(self._session, origin)
        passkeys = [
            one
            for one in await self._passkeys.of_user(user_id)
            if one.is_good and one.site == party.id
        ]
        if not passkeys:
            raise NoPasskeyHereError
        challenge = self._site.challenge(Purpose(Ceremony.SECOND_STEP, about))
        return request_options(party, challenge, known=known_by(passkeys), must_verify=False)

    async def prove(self, user: User, content: Mapping[str, Any], purpose: Purpose) -> bool:
        """Whether a passkey of the user's was used for `purpose`; the challenge is used up.

        Whether attempts are counted is the caller's matter.
        """
        try:
            answer = read_answer(content)
            passkey = await self._asked_for(user, answer, purpose)
            party = party_of(await self._site.parties(self._session), answer.origin)
            if passkey is None or party is None or party.id != passkey.site:
                return False
            is_alone = purpose.ceremony is Ceremony.ALONE
            shown = verified_use(answer, party, passkey.public_key, must_verify=is_alone)
        except UnverifiedError:
            return False  # the answer is the refusal, which is counted
        return await self._is_the_same(user, passkey, shown)

    async def _asked_for(self, user: User, answer: Answer, purpose: Purpose) -> Passkey | None:
        """The user's passkey that answers a challenge for `purpose`, if both are good."""
        if not await self._site.takes(self._session, answer.challenge, purpose):
            return None
        own = user_handle(tenant_of(self._session), user.id)
        if answer.user_handle not in {None, b"", own}:
            return None
        passkey = await self._passkeys.by_credential(user.id, answer.credential_id)
        if passkey is None or not passkey.is_good:
            return None
        may_be_alone = passkey.signs_in_alone or purpose.ceremony is not Ceremony.ALONE
        return passkey if may_be_alone else None

    async def _is_the_same(self, user: User, passkey: Passkey, shown: Shown) -> bool:
        """Whether it was the authenticator that was used before; if so, note its counter."""
        now = clock_of(self._session).now()
        # Whether it may be synced is fixed as it is made: level 3, section 6.1.3.
        if shown.is_synced is not passkey.is_synced:
            return False
        if is_copy(shown.sign_count, after=passkey.sign_count):
            passkey.copied_at = now
            await self._warn(user, passkey)
            return False
        passkey.sign_count, passkey.last_used_at = shown.sign_count, now
        # A key that got a PIN meanwhile; the password was shown beside it, or it was so before.
        passkey.signs_in_alone = passkey.signs_in_alone or shown.is_verified
        return True

    async def _warn(self, user: User, passkey: Passkey) -> None:
        fact = PasskeyCopied(user_id=user.id, passkey_id=passkey.id)
        await EventPublisher(self._session).publish(fact)
        look = await look_of(self._session, user.locale)
        notice = passkey_copied(look, name=user.name, passkey=passkey.name)
        await send_message(
            self._session, notice.to(user.email, topic=SECURITY, about=("user", user.id))
        )
        await record(
            self._session,
            action="identity.passkey_copied",
            target=("user", user.id),
            after={"name": passkey.name, "site": passkey.site},
        )


class PasskeySignIn:
    """Signs people in who name nobody and know nothing: their passkey says who they are.

    It asks for finger, face or PIN itself, which makes it two factors: no second step follows. It
    opens its own transactions, because the count of failures must stay when it refuses.
    """

    def __init__(self, database: Database, issuer: TokenIssuer, site: PasskeySite) -> None:
        self._database = database
        self._issuer = issuer
        self._site = site

    async def options(self, origin: str | None) -> dict[str, Any]:
        """What the browser needs to let somebody choose one of their passkeys.

        Raises:
            NoDomainForPasskeysError: the installation is reached by an address only.
        """
        party = await self._party(origin)
        if party is None:
            raise NoDomainForPasskeysError
        return request_options(party, self._site.challenge(_ALONE), must_verify=True)

    async def sign_in(
        self,
        content: Mapping[str, Any],
        *,
        kind: AccountKind = AccountKind.STAFF,
        client: Client = NOWHERE,
    ) -> TokenPair:
        """Open a session for the account of this kind whose passkey was used.

        Raises:
            TooManyAttemptsError: too many attempts from the client's address have failed.
            PasskeyRefusedError: it is not known, not good, for another site or door, was used
                before or too late, or the account is locked or inactive.
            TenantSuspendedError: all is right, but only owners are let in at the moment.
        """
        tenant_id, user_id = _whose(content)
        async with self._database.transaction(tenant_id) as session:
            if await tenant_is_active(session):  # nothing is written on behalf of nobody
                await count_from(session, client)
                user = await self._proved(session, user_id, content, kind)
                if user is not None:
                    await forgive_from(session, client)
                    return await self._open(session, user, client)
        # Raised only now, after the commit: the count of failures must not be rolled back.
        raise PasskeyRefusedError

    async def _party(self, origin: str | None) -> RelyingParty | None:
        ours = parties_at((self._site.public_url,))
        if origin is not None and origin.startswith(_HTTPS):
            try:
                domain = normalised_domain(origin.removeprefix(_HTTPS))
            except InvalidDomainError:
                return chosen_party(ours, origin)
            if await tenant_of_domain(self._database, domain) is not None:
                ours += parties_at((f"{_HTTPS}{domain}",))
        return chosen_party(ours, origin)

    async def _proved(
        self, session: AsyncSession, user_id: UUID, content: Mapping[str, Any], kind: AccountKind
    ) -> User | None:
        user = await UserRepository(session).by_id(user_id, for_update=True)
        now = self._database.clock.now()
        may_try = user is not None and user.kind is kind and user.may_try(now)
        await record(
            session,
            action="identity.passkey_attempt",
            target=("user", user.id if user is not None else "unknown"),
            after={"allowed": may_try},
        )
        if user is None or not may_try:
            return None
        user.count_attempt(now)
        if not await PasskeyProofService(session, self._site).prove(user, content, _ALONE):
            return None
        user.signed_in(now)
        return user

    async def _open(self, session: AsyncSession, user: User, client: Client) -> TokenPair:
        actor = Actor(str(user.id), kind_of_actor(user.kind), current_actor().request_id)
        with acting_as(actor):
            return await open_session(session, self._issuer, user.holder(), client)


def _whose(content: Mapping[str, Any]) -> tuple[UUID, UUID]:
    try:
        whose = read_user_handle(read_answer(content).user_handle)
    except UnverifiedError as error:
        raise PasskeyRefusedError from error
    if whose is None:
        raise PasskeyRefusedError
    return whose
