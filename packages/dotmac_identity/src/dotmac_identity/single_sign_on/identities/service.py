"""Who somebody at a provider is here: found, let in for the first time, linked, unlinked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher, Rendered, send_message
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.principal import Principal
from dotmac_identity.accounts.messages import SECURITY
from dotmac_identity.accounts.service import look_of
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.invitations.service import InvitationService
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.system_roles import OWNER
from dotmac_identity.sessions.errors import InvalidCredentialsError
from dotmac_identity.sessions.repository import SessionRepository
from dotmac_identity.sessions.service import require_admitted
from dotmac_identity.single_sign_on.identities import messages
from dotmac_identity.single_sign_on.identities.errors import (
    AccountDeactivatedError,
    IdentityLinkedElsewhereError,
    IdentityNotLinkedError,
    LinkedIdentityNotFoundError,
    NotInvitedError,
    ProviderEmailNotVerifiedError,
    RecentSignInRequiredError,
)
from dotmac_identity.single_sign_on.identities.events import IdentityLinked, IdentityUnlinked
from dotmac_identity.single_sign_on.identities.models import LinkedIdentity
from dotmac_identity.single_sign_on.identities.repository import LinkedIdentityRepository
from dotmac_identity.single_sign_on.identities.view import LinkedIdentityView
from dotmac_identity.single_sign_on.openid.claims import ProvidedIdentity
from dotmac_identity.single_sign_on.providers.models import SignInProvider
from dotmac_identity.users.errors import UserNotFoundError
from dotmac_identity.users.models import User
from dotmac_identity.users.repository import UserRepository
from dotmac_identity.users.service import UserService

RECENT = timedelta(minutes=10)
"""How old a session may be in which somebody without a password links an identity."""


class IdentityService:
    """Linked identities of the staff of the session's tenant."""

    def __init__(self, session: AsyncSession, public_url: str, passwords: Passwords) -> None:
        self._session = session
        self._public_url = public_url
        self._passwords = passwords
        self._identities = LinkedIdentityRepository(session)
        self._users = UserRepository(session)

    async def user_of(
        self, provider: SignInProvider, person: ProvidedIdentity, values: frozenset[str]
    ) -> User:
        """Who `person` is, with the roles that `values` of the provider's claim give.

        Found by issuer and subject; where these are new, by a verified address if the provider
        `links_by_email`; otherwise an invitation to that address is accepted, or an account made
        for anybody whom the provider `lets_join`.

        Raises:
            ProviderEmailNotVerifiedError: they are new, and nobody vouches for an address.
            IdentityNotLinkedError: somebody has the address, and has to link the provider.
            NotInvitedError: only who was invited is let in.
            AccountDeactivatedError: they were here once.
            LimitReachedError, TenantSuspendedError: nobody new, or nobody, is let in now.
        """
        known = await self._identities.known(person.issuer, person.subject)
        if known is None:
            user = await self._newcomer(provider, person, values)
        else:
            known.last_used_at = clock_of(self._session).now()
            user = await self._load(known.user_id)
        if not user.is_active:
            raise AccountDeactivatedError
        await require_admitted(self._session, user.id)
        if provider.role_claim is not None:
            await self._set_roles(user, provider.roles_for(values))
        return user

    async def link(self, provider: SignInProvider, person: ProvidedIdentity, user_id: UUID) -> None:
        """Let the user sign in as `person`; nothing, if it is so already.

        Raises:
            IdentityLinkedElsewhereError: `person` is somebody else here.
            AccountDeactivatedError: the user was deactivated meanwhile.
        """
        user = await self._load(user_id)
        if not user.is_active:
            raise AccountDeactivatedError
        known = await self._identities.known(person.issuer, person.subject)
        if known is None:
            await self._keep(provider, person, user)
        elif known.user_id != user_id:
            raise IdentityLinkedElsewhereError

    async def require_recent(self, principal: Principal) -> None:
        """Make sure that who has no password to show has signed in within ten minutes.

        Raises:
            InvalidCredentialsError: there is a password, and it was not shown.
            RecentSignInRequiredError: it is longer ago.
        """
        user = await self._load(UUID(principal.subject))
        if user.password_hash is not None:
            raise InvalidCredentialsError
        opened = None
        if principal.session_id is not None:
            opened = await SessionRepository(self._session).by_id(principal.session_id)
        now = clock_of(self._session).now()
        if opened is None or opened.created_at + RECENT <= now:
            raise RecentSignInRequiredError

    async def unlink(self, user_id: UUID, identity_id: UUID) -> None:
        """Let the user not sign in so any more. A forgotten password still gets them in.

        Raises:
            LinkedIdentityNotFoundError: the user has no such identity.
        """
        user = await self._load(user_id)
        found = await self._identities.of_user(user_id)
        identity, provider = next((one for one in found if one[0].id == identity_id), (None, ""))
        if identity is None:
            raise LinkedIdentityNotFoundError(identity_id)
        await self._identities.remove(identity)
        gone = IdentityUnlinked(
            user_id=user_id, provider_id=identity.provider_id, provider=provider
        )
        await EventPublisher(self._session).publish(gone)
        await self._record("unlink", identity)
        look = await look_of(self._session, user.locale, self._public_url)
        await self._tell(user, messages.identity_unlinked(look, name=user.name, provider=provider))

    async def of_user(self, user_id: UUID) -> list[LinkedIdentityView]:
        """What the user signs in by, oldest first."""
        return [
            LinkedIdentityView(
                id=identity.id,
                provider_id=identity.provider_id,
                provider=provider,
                email=identity.email,
                created_at=identity.created_at,
                last_used_at=identity.last_used_at,
            )
            for identity, provider in await self._identities.of_user(user_id)
        ]

    async def _newcomer(
        self, provider: SignInProvider, person: ProvidedIdentity, values: frozenset[str]
    ) -> User:
        email = provider.verified_email(person)
        if email is None:
            raise ProviderEmailNotVerifiedError
        user = await self._users.by_email(email, for_update=True)
        if user is None:
            user = await self._join(provider, email, person.name, provider.roles_for(values))
        elif not user.is_active:
            raise AccountDeactivatedError
        elif not provider.links_by_email:
            raise IdentityNotLinkedError
        await self._keep(provider, person, user)
        return user

    async def _join(
        self, provider: SignInProvider, email: str, name: str, role_ids: set[UUID]
    ) -> User:
        invitations = InvitationService(self._session, self._public_url)
        account = await invitations.accept_by_email(
            email, name=name or None, passwords=self._passwords
        )
        if account is None:
            if not provider.lets_join(email):
                raise NotInvitedError
            account = await UserService.within(self._session, self._passwords).create(
                email=email,
                name=name or email,
                password=None,
                roles=await self._names(role_ids),
            )
        return await self._load(account.id)

    async def _keep(self, provider: SignInProvider, person: ProvidedIdentity, user: User) -> None:
        now = clock_of(self._session).now()
        identity = LinkedIdentity(
            id=new_id(),
            user_id=user.id,
            provider_id=provider.id,
            issuer=person.issuer,
            subject=person.subject,
            email=person.email,
            created_at=now,
            last_used_at=now,
        )
        name = provider.name
        try:
            async with self._session.begin_nested():
                self._identities.add(identity)
        except IntegrityError as error:  # the same person came twice at the same moment
            raise IdentityLinkedElsewhereError from error
        linked = IdentityLinked(user_id=user.id, provider_id=provider.id, provider=name)
        await EventPublisher(self._session).publish(linked)
        await self._record("link", identity)
        look = await look_of(self._session, user.locale, self._public_url)
        await self._tell(user, messages.identity_linked(look, name=user.name, provider=name))

    async def _set_roles(self, user: User, role_ids: set[UUID]) -> None:
        """Give the user these roles and no others; whoever is owner stays that."""
        roles = await RoleRepository(self._session).of_users([user.id])
        held = {role.name for role in roles.get(user.id, [])}
        wanted = set(await self._names(role_ids)) | (held & {OWNER})
        if wanted != held:
            await UserService.within(self._session, self._passwords).set_roles(user.id, wanted)

    async def _names(self, role_ids: Iterable[UUID]) -> list[str]:
        wanted = set(role_ids)
        roles = await RoleRepository(self._session).all()
        return [role.name for role in roles if role.id in wanted and role.name != OWNER]

    async def _load(self, user_id: UUID) -> User:
        user = await self._users.by_id(user_id, for_update=True)
        if user is None:
            raise UserNotFoundError(user_id)
        return user

    async def _tell(self, user: User, message: Rendered) -> None:
        addressed = message.to(user.email, topic=SECURITY, about=("user", user.id))
        await send_message(self._session, addressed)

    async def _record(self, what: str, identity: LinkedIdentity) -> None:
        await record(
            self._session,
            action=f"identity.identity_{what}",
            target=("user", identity.user_id),
            after={"provider_id": identity.provider_id, "identity_id": identity.id},
        )
