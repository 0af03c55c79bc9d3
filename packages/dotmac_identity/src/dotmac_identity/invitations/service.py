"""Asking people to join, and letting them in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher, Rendered, send_message
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_core_ops.module import Limit
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.tenants import tenant_is_active
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.accounts.links import page_link
from dotmac_identity.accounts.messages import SECURITY
from dotmac_identity.accounts.service import look_of
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.domains.service import base_url_of
from dotmac_identity.entitlements.service import USERS, release, take
from dotmac_identity.invitations import messages
from dotmac_identity.invitations.errors import (
    AlreadyInvitedError,
    InvalidInvitationError,
    InvitationNotFoundError,
)
from dotmac_identity.invitations.events import InvitationAccepted, UserInvited
from dotmac_identity.invitations.invitation import InvitationView
from dotmac_identity.invitations.models import Invitation, InvitationState
from dotmac_identity.invitations.repository import InvitationRepository
from dotmac_identity.languages import language_for
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import RoleService
from dotmac_identity.sessions.opaque_token import (
    RANDOM_BYTES,
    OpaqueToken,
    compose_token,
    digest_of,
    read_token,
)
from dotmac_identity.users.account import PortalAccess, UserAccount
from dotmac_identity.users.emails import normalised_email
from dotmac_identity.users.errors import EmailTakenError
from dotmac_identity.users.repository import UserRepository
from dotmac_identity.users.service import UserService

LIFE = timedelta(days=7)
"""How long the link of an invitation is good."""

PREFIX = "dmi"
"""What the token of every invitation starts with."""


async def _users_and_invited(session: AsyncSession) -> int:
    now = clock_of(session).now()
    invited = await InvitationRepository(session).pending(AccountKind.STAFF, now)
    return await UserRepository(session).active() + invited


USERS_LIMIT = Limit(
    USERS, "People of the organisation who may sign in or are invited.", _users_and_invited
)
"""How many users a plan allows; customers in the portal and who is deactivated do not count.

An invitation keeps a place until it is accepted, revoked, or found expired by the nightly count.
"""


class InvitationService:
    """Invitations of the session's tenant, to people of one kind.

    Who may invite is decided by the caller; the routes hold to the rule that nobody passes on more
    than they hold.
    """

    def __init__(
        self, session: AsyncSession, public_url: str, kind: AccountKind = AccountKind.STAFF
    ) -> None:
        self._session = session
        self._public_url = public_url
        self._kind = kind
        self._invitations = InvitationRepository(session)

    async def invite(
        self,
        *,
        email: str,
        name: str,
        by: Principal,
        roles: Iterable[str] = (),
        locale: str | None = None,
        portal: PortalAccess | None = None,
    ) -> InvitationView:
        """Send somebody a link with which they make their account; with `portal`, a customer.

        Raises:
            InvalidEmailError, UnknownRoleError: the input cannot be used.
            EmailTakenError: somebody with this address is here already.
            AlreadyInvitedError, LimitReachedError: one is open; the plan allows no more users.
        """
        address = normalised_email(email)
        wanted = sorted(
            {role.name for role in await RoleService.within(self._session).named(roles)}
        )
        if await UserRepository(self._session).by_email(address, self._kind) is not None:
            raise EmailTakenError(address)
        now = clock_of(self._session).now()
        await self._make_room(address, now)
        secret = self._new_secret()
        invitation = Invitation(
            id=new_id(),
            kind=self._kind,
            email=address,
            name=name.strip() or address,
            roles=wanted,
            customer_id=None if portal is None else portal.customer_id,
            portal_permissions=[] if portal is None else sorted(set(portal.permissions)),
            locale=await language_for(self._session, locale),
            token_hash=digest_of(secret),
            invited_by=by.subject,
            created_at=now,
            sent_at=now,
            expires_at=now + LIFE,
        )
        await self._insert(invitation)
        await self._send(invitation, secret, by)
        await EventPublisher(self._session).publish(
            UserInvited(
                invitation_id=invitation.id, email=address, customer_id=invitation.customer_id
            )
        )
        await self._record("invite", invitation)
        return self._view(invitation)

    async def resend(self, invitation_id: UUID, *, by: Principal) -> InvitationView:
        """Send it again with another link, good for seven days from now; the former is void.

        Raises:
            InvitationNotFoundError: there is no such invitation.
            InvitationClosedError: it was accepted or revoked.
            LimitReachedError: it had expired, and the plan allows no more users.
        """
        invitation = await self._load(invitation_id)
        now = clock_of(self._session).now()
        had_expired = invitation.state(now) is InvitationState.EXPIRED
        secret = self._new_secret()
        invitation.renew(digest_of(secret), now, now + LIFE)
        if had_expired:
            await self._take_place()
        await self._send(invitation, secret, by)
        await self._record("resend_invitation", invitation)
        return self._view(invitation)

    async def revoke(self, invitation_id: UUID) -> InvitationView:
        """Take it back: its link is void.

        Raises:
            InvitationNotFoundError: there is no such invitation.
            InvitationClosedError: it was accepted or revoked.
        """
        invitation = await self._load(invitation_id)
        now = clock_of(self._session).now()
        if invitation.state(now) is InvitationState.PENDING:
            await self._leave_place()
        invitation.revoke(now)
        await self._record("revoke_invitation", invitation)
        return self._view(invitation)

    async def by_id(self, invitation_id: UUID) -> InvitationView:
        """The invitation.

        Raises:
            InvitationNotFoundError: there is no such invitation.
        """
        return self._view(await self._load(invitation_id))

    async def page(
        self,
        *,
        state: InvitationState | None = None,
        customer_id: UUID | None = None,
        offset: int = 0,
        limit: int = 200,
    ) -> tuple[list[InvitationView], int]:
        """A page of those that match, newest first, and how many match in all."""
        found, total = await self._invitations.page(
            self._kind,
            clock_of(self._session).now(),
            state=state,
            customer_id=customer_id,
            offset=offset,
            limit=limit,
        )
        return [self._view(one) for one in found], total

    async def accept(
        self, token: str, *, password: str, name: str | None, passwords: Passwords
    ) -> UserAccount:
        """Make the account that somebody was invited to.

        Raises:
            InvalidInvitationError: unknown, used, expired, revoked, or to the other kind.
            WeakPasswordError: the password would be guessed too soon; the link stays good.
            EmailTakenError: somebody with this address came another way meanwhile.
        """
        now = clock_of(self._session).now()
        parts = read_invitation_token(token)
        invitation = await self._invitations.by_hash(parts.digest)
        is_good = invitation is not None and invitation.state(now) is InvitationState.PENDING
        if invitation is None or invitation.kind is not self._kind or not is_good:
            raise InvalidInvitationError
        if not await tenant_is_active(self._session):
            raise InvalidInvitationError
        return await self._join(invitation, password=password, name=name, passwords=passwords)

    async def accept_by_email(
        self, email: str, *, name: str | None, passwords: Passwords
    ) -> UserAccount | None:
        """Make the account, without a password, of who proved otherwise that `email` is theirs.

        None, if the (normalised) address has no invitation that can be accepted.

        Raises:
            EmailTakenError: somebody with this address came another way meanwhile.
        """
        now = clock_of(self._session).now()
        invitation = await self._invitations.open_to(email, self._kind)
        if invitation is None or invitation.state(now) is not InvitationState.PENDING:
            return None
        return await self._join(invitation, password=None, name=name, passwords=passwords)

    async def _join(
        self,
        invitation: Invitation,
        *,
        password: str | None,
        name: str | None,
        passwords: Passwords,
    ) -> UserAccount:
        await self._leave_place()  # whoever joins takes it
        account = await UserService.within(self._session, passwords).create(
            email=invitation.email,
            name=name or invitation.name,
            password=password,
            roles=await self._roles_left(invitation),
            locale=invitation.locale,
            portal=_access(invitation),
        )
        invitation.accept(account.id, clock_of(self._session).now())
        await EventPublisher(self._session).publish(
            InvitationAccepted(
                invitation_id=invitation.id,
                user_id=account.id,
                customer_id=invitation.customer_id,
            )
        )
        await self._record("accept_invitation", invitation)
        return account

    async def _roles_left(self, invitation: Invitation) -> list[str]:
        # A role may have been deleted since; whoever was promised it can do nothing about that.
        return [role.name for role in await RoleRepository(self._session).named(invitation.roles)]

    async def _make_room(self, email: str, now: datetime) -> None:
        """Close an expired invitation to the address, so that another one can be made."""
        earlier = await self._invitations.open_to(email, self._kind)
        if earlier is None:
            return
        if earlier.state(now) is InvitationState.PENDING:
            raise AlreadyInvitedError(email)
        earlier.revoke(now)
        await self._session.flush()  # the unique key counts it until then

    async def _take_place(self) -> None:
        if self._kind is AccountKind.STAFF:
            await take(self._session, USERS)

    async def _leave_place(self) -> None:
        if self._kind is AccountKind.STAFF:
            await release(self._session, USERS)

    async def _insert(self, invitation: Invitation) -> None:
        await self._take_place()
        try:
            async with self._session.begin_nested():
                self._invitations.add(invitation)
        except IntegrityError as error:  # somebody invited the same address at the same moment
            raise AlreadyInvitedError(invitation.email) from error

    def _new_secret(self) -> str:
        random = secrets.token_urlsafe(RANDOM_BYTES)
        return compose_token(PREFIX, tenant_of(self._session), random)

    async def _send(self, invitation: Invitation, secret: str, by: Principal) -> None:
        look = await look_of(self._session, invitation.locale, self._public_url)
        base_url = await base_url_of(self._session, self._public_url)
        link = page_link(base_url, self._kind, "accept-invitation", secret)
        message: Rendered
        if self._kind is AccountKind.PORTAL:
            message = messages.portal_invitation(look, name=invitation.name, link=link)
        else:
            message = messages.staff_invitation(
                look, name=invitation.name, inviter=by.name, link=link
            )
        addressed = message.to(
            invitation.email,
            topic=SECURITY,
            about=("invitation", invitation.id),
            is_secret=True,
        )
        await send_message(self._session, addressed)

    async def _load(self, invitation_id: UUID) -> Invitation:
        invitation = await self._invitations.by_id(invitation_id, self._kind)
        if invitation is None:
            raise InvitationNotFoundError(invitation_id)
        return invitation

    async def _record(self, action: str, invitation: Invitation) -> None:
        await record(
            self._session,
            action=f"identity.{action}",
            target=("invitation", invitation.id),
            after={
                "email": invitation.email,
                "roles": list(invitation.roles),
                "customer_id": invitation.customer_id,
            },
        )

    def _view(self, invitation: Invitation) -> InvitationView:
        return InvitationView(
            id=invitation.id,
            email=invitation.email,
            name=invitation.name,
            roles=tuple(invitation.roles),
            customer_id=invitation.customer_id,
            portal_permissions=tuple(invitation.portal_permissions),
            state=invitation.state(clock_of(self._session).now()).value,
            invited_by=invitation.invited_by,
            created_at=invitation.created_at,
            sent_at=invitation.sent_at,
            expires_at=invitation.expires_at,
            user_id=invitation.user_id,
        )


def read_invitation_token(token: str) -> OpaqueToken:
    """The token taken apart.

    Raises:
        InvalidInvitationError: it has not the form of one.
    """
    parts = read_token(PREFIX, token)
    if parts is None:
        raise InvalidInvitationError
    return parts


def _access(invitation: Invitation) -> PortalAccess | None:
    if invitation.customer_id is None:
        return None
    return PortalAccess(invitation.customer_id, tuple(invitation.portal_permissions))
