"""Who is told of an approval, and what."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import NewMessage, Rendered, send_messages
from dotmac_core_ops.approvals import Approval, ApprovalRepository, ApprovalState
from dotmac_core_ops.database import clock_of
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.accounts.service import look_of
from dotmac_identity.approval_notices import messages
from dotmac_identity.approval_notices.messages import Asked
from dotmac_identity.branding.service import branding_of
from dotmac_identity.domains.service import base_url_of
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import permissions_of
from dotmac_identity.roles.system_roles import EVERYTHING, RoleCatalogue
from dotmac_identity.users.models import User
from dotmac_identity.users.repository import UserRepository

DECIDE = "approvals:decide"
"""What everybody needs who decides, besides the right to do the deed itself."""

TELL_DECIDERS = "identity.tell_deciders"
"""The name of the job that writes to those who may decide; only a job knows what roles allow."""


class ApprovalNoticeService:
    """Messages about approvals of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._approvals = ApprovalRepository(session)
        self._users = UserRepository(session)

    async def tell_deciders(
        self, approval_id: UUID, permission: str, catalogue: RoleCatalogue
    ) -> int:
        """Tell everybody who may decide, but never who asks; how many. Nobody once it is decided.

        Who may decide is an active member of staff who holds both rights everywhere.
        """
        approval = await self._approvals.by_id(approval_id)
        now = clock_of(self._session).now()
        if approval is None or approval.state is not ApprovalState.PENDING:
            return 0
        if approval.expires_at <= now:
            return 0
        requester = await self._person(approval.requester)
        link = f"{await base_url_of(self._session)}/approvals/{approval.id}"
        look = await branding_of(self._session)
        mails = [
            _addressed(
                user,
                approval,
                messages.approval_asked(
                    replace(look, language=user.locale),
                    _asked(approval),
                    name=user.name,
                    requester=approval.requested_by if requester is None else requester.name,
                    until=approval.expires_at,
                    link=link,
                ),
            )
            for user in await self._deciders(approval, permission, catalogue)
        ]
        await send_messages(self._session, mails)
        return len(mails)

    async def tell_requester(self, approval_id: UUID, *, expired: bool = False) -> bool:
        """Tell who asked what was decided, or that it `expired`; whether there is such a person.

        A service account is told nothing: it has no address.
        """
        approval = await self._approvals.by_id(approval_id)
        user = None if approval is None else await self._person(approval.requester)
        if approval is None or user is None or not user.is_active:
            return False
        said = await self._outcome(approval, user, expired=expired)
        await send_messages(self._session, [_addressed(user, approval, said)])
        return True

    async def _outcome(self, approval: Approval, user: User, *, expired: bool) -> Rendered:
        look, asked = await look_of(self._session, user.locale), _asked(approval)
        was_agreed = approval.state is not ApprovalState.REJECTED and bool(approval.decided_by)
        if expired:
            return messages.approval_expired(look, asked, name=user.name, was_agreed=was_agreed)
        decider = await self._person(approval.decided_by or "")
        return messages.approval_decided(
            look,
            asked,
            name=user.name,
            decider=None if decider is None else decider.name,
            agreed=was_agreed,
            note=approval.decision_note,
        )

    async def _deciders(
        self, approval: Approval, permission: str, catalogue: RoleCatalogue
    ) -> list[User]:
        staff = [one for one in await self._users.staff() if str(one.id) != approval.requester]
        roles = await RoleRepository(self._session).of_users(one.id for one in staff)
        held = {one.id: permissions_of(roles.get(one.id, []), catalogue) for one in staff}
        needed = {DECIDE, permission}
        return [one for one in staff if EVERYTHING in held[one.id] or needed <= held[one.id]]

    async def _person(self, name: str) -> User | None:
        try:
            user = await self._users.by_id(UUID(name))
        except ValueError:
            return None  # a program of ours, which has a name and no account
        return user if user is not None and user.kind is AccountKind.STAFF else None


def _asked(approval: Approval) -> Asked:
    return Asked(
        approval.action,
        approval.target_type,
        approval.amount,
        approval.currency,
        approval.reason,
    )


def _addressed(user: User, approval: Approval, said: Rendered) -> NewMessage:
    return said.to(user.email, topic=messages.TOPIC, about=("approval", approval.id))
