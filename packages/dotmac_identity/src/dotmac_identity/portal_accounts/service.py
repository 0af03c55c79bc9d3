"""Customers who sign in to the portal, as the tenant's staff sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.principal import Principal
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.invitations.errors import InvitationNotFoundError
from dotmac_identity.invitations.invitation import InvitationView
from dotmac_identity.invitations.repository import InvitationRepository
from dotmac_identity.invitations.service import InvitationService
from dotmac_identity.portal_accounts.errors import NotAPortalPermissionError
from dotmac_identity.second_factors.service import FactorService
from dotmac_identity.sessions.service import SessionService
from dotmac_identity.users.account import PortalAccess, UserAccount
from dotmac_identity.users.errors import UserNotFoundError
from dotmac_identity.users.repository import UserRepository
from dotmac_identity.users.service import UserService


class PortalAccountService:
    """Accounts of one customer: invited, changed, disabled by the tenant's staff.

    `offered` are the permissions that the installed modules have for the portal; nothing else can
    be given. That the customer exists, and that the caller may do this, is the caller's business.
    What belongs to another customer is not found.
    """

    def __init__(
        self,
        session: AsyncSession,
        customer_id: UUID,
        public_url: str,
        offered: frozenset[str],
    ) -> None:
        self._session = session
        self._offered = offered
        self._customer_id = customer_id
        self._invitations = InvitationService(session, public_url, AccountKind.PORTAL)
        self._users = UserService.within(session, kind=AccountKind.PORTAL)

    async def invite(
        self,
        *,
        email: str,
        name: str,
        permissions: Iterable[str],
        by: Principal,
        locale: str | None = None,
    ) -> InvitationView:
        """Send somebody a link with which they make their account.

        Raises:
            NotAPortalPermissionError: one of `permissions` is not offered.
            InvalidEmailError, EmailTakenError, AlreadyInvitedError: as for staff.
        """
        access = PortalAccess(self._customer_id, self._checked(permissions))
        return await self._invitations.invite(
            email=email, name=name, by=by, locale=locale, portal=access
        )

    async def invitations(
        self, *, offset: int = 0, limit: int = 200
    ) -> tuple[list[InvitationView], int]:
        """A page of the customer's invitations, newest first, and how many there are."""
        return await self._invitations.page(
            customer_id=self._customer_id, offset=offset, limit=limit
        )

    async def resend(self, invitation_id: UUID, *, by: Principal) -> InvitationView:
        """Send another link; the former is void.

        Raises:
            InvitationNotFoundError: the customer has no such invitation.
            InvitationClosedError: it was accepted or revoked.
        """
        await self._require_own(invitation_id)
        return await self._invitations.resend(invitation_id, by=by)

    async def revoke(self, invitation_id: UUID) -> InvitationView:
        """Take an invitation back.

        Raises:
            InvitationNotFoundError: the customer has no such invitation.
            InvitationClosedError: it was accepted or revoked.
        """
        await self._require_own(invitation_id)
        return await self._invitations.revoke(invitation_id)

    async def accounts(self) -> list[UserAccount]:
        """Everybody who signs in for the customer, by e-mail address."""
        found = await UserRepository(self._session).of_customer(self._customer_id)
        return await self._users.accounts(found)

    async def disable(self, user_id: UUID) -> UserAccount:
        """Let somebody sign in no more; their sessions end at once."""
        await self._account(user_id)
        return await self._users.deactivate(user_id)

    async def enable(self, user_id: UUID) -> UserAccount:
        """Let somebody who was disabled sign in again."""
        await self._account(user_id)
        return await self._users.activate(user_id)

    async def set_permissions(self, user_id: UUID, permissions: Iterable[str]) -> UserAccount:
        """Let somebody see exactly these parts, from their next request on.

        Raises:
            UserNotFoundError: the customer has no such account.
            NotAPortalPermissionError: one of them is not offered.
        """
        wanted = self._checked(permissions)
        before = await self._account(user_id)
        user = await UserRepository(self._session).by_id(user_id, for_update=True)
        if user is None:
            raise UserNotFoundError(user_id)
        user.portal_permissions = list(wanted)
        user.updated_at = clock_of(self._session).now()
        await record(
            self._session,
            action="identity.portal_set_permissions",
            target=("user", user_id),
            before={"permissions": list(before.portal_permissions)},
            after={"permissions": list(wanted)},
        )
        return await self._users.by_id(user_id)

    async def end_sessions(self, user_id: UUID) -> int:
        """Sign somebody out everywhere; from how many places."""
        await self._account(user_id)
        return await SessionService(self._session).end_all(
            user_id, because="ended_by_administrator"
        )

    async def reset_factors(self, user_id: UUID) -> UserAccount:
        """Take app, passkeys and recovery codes from somebody who lost them, and sign them out.

        Raises:
            UserNotFoundError: the customer has no such account.
            NoFactorError: there is no second factor.
        """
        account = await self._account(user_id)
        await FactorService(self._session).reset(user_id)
        await SessionService(self._session).end_all(user_id, because="second_factor_reset")
        return account

    async def _account(self, user_id: UUID) -> UserAccount:
        account = await self._users.by_id(user_id)
        if account.customer_id != self._customer_id:
            raise UserNotFoundError(user_id)
        return account

    async def _require_own(self, invitation_id: UUID) -> None:
        invitation = await self._invitations.by_id(invitation_id)
        if invitation.customer_id != self._customer_id:
            raise InvitationNotFoundError(invitation_id)

    def _checked(self, permissions: Iterable[str]) -> tuple[str, ...]:
        wanted = tuple(sorted(set(permissions)))
        for permission in wanted:
            if permission not in self._offered:
                raise NotAPortalPermissionError(permission, self._offered)
        return wanted


async def move_portal_accounts(session: AsyncSession, customer_id: UUID, *, to: UUID) -> None:
    """Let whoever signs in for a customer, or is invited to, do so for the customer `to`."""
    await InvitationRepository(session).move_customer(customer_id, to)
    for user_id in await UserRepository(session).move_customer(customer_id, to):
        await record(
            session,
            action="identity.portal_move",
            target=("user", user_id),
            before={"customer_id": customer_id},
            after={"customer_id": to},
        )


async def have_portal_accounts(session: AsyncSession, customer_ids: Sequence[UUID]) -> bool:
    """Whether somebody signs in to the portal, or was invited to, for any of the customers."""
    if await UserRepository(session).is_for_any(customer_ids):
        return True
    return await InvitationRepository(session).is_for_any(customer_ids)
