"""What people do with their passkeys: add, rename and remove them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher, Rendered, send_message
from dotmac_core_ops.audit import record
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_identity.accounts.messages import SECURITY
from dotmac_identity.accounts.service import look_of
from dotmac_identity.domains.repository import DomainRepository
from dotmac_identity.passkeys import messages
from dotmac_identity.passkeys.ceremony import (
    TRANSPORTS,
    Account,
    Answer,
    Known,
    NewCredential,
    UnverifiedError,
    creation_options,
    read_answer,
    verified_creation,
)
from dotmac_identity.passkeys.challenge import (
    NONCE_BYTES,
    Ceremony,
    Purpose,
    challenge_hash,
    expires_at,
    new_challenge,
)
from dotmac_identity.passkeys.errors import (
    InvalidPasskeyError,
    NoDomainForPasskeysError,
    PasskeyExistsError,
    PasskeyNotFoundError,
    TooManyPasskeysError,
)
from dotmac_identity.passkeys.events import PasskeyAdded, PasskeyRemoved
from dotmac_identity.passkeys.relying_party import (
    RelyingParty,
    chosen_party,
    parties_at,
    party_of,
)
from dotmac_identity.passkeys.repository import PasskeyRepository
from dotmac_identity.passkeys.user_handle import user_handle
from dotmac_identity.second_factors.models import Passkey
from dotmac_identity.second_factors.service import FactorService
from dotmac_identity.sessions.opaque_token import digest_of
from dotmac_identity.users.errors import UserNotFoundError
from dotmac_identity.users.models import User
from dotmac_identity.users.repository import UserRepository

MOST_PASSKEYS = 20
"""How many one account can have."""


@dataclass(frozen=True)
class PasskeySite:
    """What the installation brings: the key of its challenges, its address, its clock.

    It is the installation's clock and not a tenant's: a challenge may be older than what is known
    of whose it is.
    """

    key: str = field(repr=False)
    public_url: str
    clock: Clock

    def challenge(self, purpose: Purpose) -> bytes:
        """A new challenge, good for five minutes and once."""
        return new_challenge(self.key, purpose, secrets.token_bytes(NONCE_BYTES), self.clock.now())

    async def takes(self, session: AsyncSession, challenge: bytes, purpose: Purpose) -> bool:
        """Whether `challenge` was made for `purpose` and is good; it is used up by that."""
        until = expires_at(challenge, self.key, purpose, self.clock.now())
        if until is None:
            return False
        return await PasskeyRepository(session).use_challenge(challenge_hash(challenge), until)

    async def parties(self, session: AsyncSession) -> list[RelyingParty]:
        """The sites of the session's tenant: the installation's, and its own proved domains."""
        own = await DomainRepository(session).all()
        proved = (f"https://{domain.name}" for domain in own if domain.verified_at is not None)
        return parties_at((self.public_url, *proved))

    async def party(self, session: AsyncSession, origin: str | None) -> RelyingParty:
        """The one of them whose page asks.

        Raises:
            NoDomainForPasskeysError: none of them has a domain.
        """
        party = chosen_party(await self.parties(session), origin)
        if party is None:
            raise NoDomainForPasskeysError
        return party


@dataclass(frozen=True)
class AddedPasskey:
    """A new passkey; with it recovery codes, if it is the first second factor."""

    passkey: Passkey
    recovery_codes: tuple[str, ...] = field(repr=False)


class PasskeyService:
    """Passkeys of users of the session's tenant, in the hands of their owners.

    That it is really the owner who adds or removes one is the caller's business.
    """

    def __init__(self, session: AsyncSession, site: PasskeySite) -> None:
        self._session = session
        self._site = site
        self._factors = FactorService(session)
        self._passkeys = PasskeyRepository(session)

    async def begin(
        self, user_id: UUID, session_id: UUID | None, origin: str | None
    ) -> dict[str, Any]:
        """What the browser needs to make a new passkey for the page at `origin`.

        Raises:
            TooManyPasskeysError: there are twenty already.
            NoDomainForPasskeysError: the installation is reached by an address only.
        """
        user = await self._load(user_id)
        passkeys = await self._passkeys.of_user(user_id)
        if len(passkeys) >= MOST_PASSKEYS:
            raise TooManyPasskeysError(MOST_PASSKEYS)
        look = await look_of(self._session, user.locale)
        account = Account(
            user_handle(tenant_of(self._session), user_id),
            user.email,
            f"{user.name} ({look.tenant_name})",
        )
        await self._record("begin", user_id)
        return creation_options(
            await self._site.party(self._session, origin),
            account,
            self._site.challenge(_adding(user, session_id)),
            site=look.tenant_name,
            known=known_by(passkeys),
        )

    async def add(
        self, user_id: UUID, session_id: UUID | None, name: str, content: Mapping[str, Any]
    ) -> AddedPasskey:
        """Keep the passkey that the browser made by what `begin` said in the same session.

        Raises:
            InvalidPasskeyError: it was not, or too late, or the answer cannot be verified.
            PasskeyExistsError: it is somebody's already.
            TooManyPasskeysError: there are twenty already.
        """
        user = await self._load(user_id)
        party, made = await self._made(user, session_id, content)
        status = await self._factors.status(user_id)
        if status.passkeys >= MOST_PASSKEYS:
            raise TooManyPasskeysError(MOST_PASSKEYS)
        passkey = await self._insert(user_id, name, party, made, _transports(content))
        codes = () if status.has_factor else await self._factors.first_codes(user_id)
        await self._publish(PasskeyAdded(user_id=user_id, passkey_id=passkey.id))
        look = await look_of(self._session, user.locale)
        await self._tell(user, messages.passkey_added(look, name=user.name, passkey=name))
        await self._record("add", user_id, after={"name": name, "site": party.id})
        return AddedPasskey(passkey, codes)

    async def rename(self, user_id: UUID, passkey_id: UUID, name: str) -> Passkey:
        """Call a passkey by another name.

        Raises:
            PasskeyNotFoundError: the user has no such passkey.
        """
        passkey = await self._own(user_id, passkey_id)
        before, passkey.name = passkey.name, name
        await self._record("rename", user_id, before={"name": before}, after={"name": name})
        return passkey

    async def remove(self, user_id: UUID, passkey_id: UUID) -> None:
        """Take a passkey away, and tell its owner.

        Raises:
            PasskeyNotFoundError: the user has no such passkey.
        """
        user = await self._load(user_id)
        passkey = await self._own(user_id, passkey_id)
        await self._passkeys.remove(passkey)
        await self._factors.after_removal(user_id)
        await self._publish(PasskeyRemoved(user_id=user_id, passkey_id=passkey_id))
        look = await look_of(self._session, user.locale)
        await self._tell(user, messages.passkey_removed(look, name=user.name, passkey=passkey.name))
        await self._record("remove", user_id, before={"name": passkey.name, "site": passkey.site})

    async def _made(
        self, user: User, session_id: UUID | None, content: Mapping[str, Any]
    ) -> tuple[RelyingParty, NewCredential]:
        try:
            answer = read_answer(content)
            party = party_of(await self._site.parties(self._session), answer.origin)
            if party is None or not await self._is_asked_for(answer, user, session_id):
                raise InvalidPasskeyError
            return party, verified_creation(answer, party)
        except UnverifiedError as error:
            raise InvalidPasskeyError from error

    async def _is_asked_for(self, answer: Answer, user: User, session_id: UUID | None) -> bool:
        purpose = _adding(user, session_id)
        return await self._site.takes(self._session, answer.challenge, purpose)

    async def _insert(
        self,
        user_id: UUID,
        name: str,
        party: RelyingParty,
        made: NewCredential,
        transports: list[str],
    ) -> Passkey:
        passkey = Passkey(
            id=new_id(),
            user_id=user_id,
            name=name,
            site=party.id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            transports=transports,
            sign_count=made.sign_count,
            signs_in_alone=made.is_verified,
            is_synced=made.is_synced,
            created_at=clock_of(self._session).now(),
        )
        try:
            async with self._session.begin_nested():
                self._passkeys.add(passkey)
        except IntegrityError as error:
            raise PasskeyExistsError from error
        return passkey

    async def _own(self, user_id: UUID, passkey_id: UUID) -> Passkey:
        passkey = await self._passkeys.by_id(user_id, passkey_id)
        if passkey is None:
            raise PasskeyNotFoundError(passkey_id)
        return passkey

    async def _load(self, user_id: UUID) -> User:
        user = await UserRepository(self._session).by_id(user_id, for_update=True)
        if user is None:
            raise UserNotFoundError(user_id)
        return user

    async def _tell(self, user: User, message: Rendered) -> None:
        await send_message(
            self._session, message.to(user.email, topic=SECURITY, about=("user", user.id))
        )

    async def _publish(self, fact: Event) -> None:
        await EventPublisher(self._session).publish(fact)

    async def _record(
        self,
        what: str,
        user_id: UUID,
        *,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"identity.passkey_{what}",
            target=("user", user_id),
            before=before,
            after=after,
        )


def known_by(passkeys: Sequence[Passkey]) -> list[Known]:
    """The passkeys as a browser is told of them."""
    return [Known(one.credential_id, tuple(one.transports)) for one in passkeys]


def _adding(user: User, session_id: UUID | None) -> Purpose:
    # The password was shown in this session. Under another one it has to be shown again.
    about = digest_of(f"{user.id} {session_id} {user.password_hash}")
    return Purpose(Ceremony.ADD, about)


def _transports(content: Mapping[str, Any]) -> list[str]:
    return sorted(TRANSPORTS.intersection(content["response"].get("transports") or ()))
