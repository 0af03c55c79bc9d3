"""Acting as somebody else: for a reason, for a while, in the open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher, send_messages
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_core_ops.principal import Principal, current_actor
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.branding.service import branding_of
from dotmac_identity.impersonation.errors import (
    ImpersonatedUserError,
    ImpersonationChainError,
    ImpersonationNotFoundError,
    MayMoreError,
    OwnTenantError,
)
from dotmac_identity.impersonation.events import ImpersonationEnded, ImpersonationStarted
from dotmac_identity.impersonation.models import Impersonation
from dotmac_identity.impersonation.notice import notice_of
from dotmac_identity.impersonation.repository import ImpersonationRepository
from dotmac_identity.operator_access import OperatorOnlyError
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import permissions_of
from dotmac_identity.roles.system_roles import RoleCatalogue, exceeding
from dotmac_identity.sessions.access_token import AccessClaims, sign_access_token
from dotmac_identity.sessions.models import UserSession
from dotmac_identity.sessions.repository import SessionRepository
from dotmac_identity.users.emails import normalised_email
from dotmac_identity.users.models import User
from dotmac_identity.users.repository import UserRepository

LONGEST = timedelta(minutes=60)
"""How long anybody acts as somebody else at most."""

_TARGET = "user"


@dataclass(frozen=True)
class Acting:
    """A running impersonation, and the token to act with; there is none to refresh it."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    user_name: str
    expires_at: datetime
    access_token: str


def require_person(principal: Principal) -> None:
    """Refuse everybody of the operator but a person who acts as themselves.

    Raises:
        ImpersonationChainError: they act as somebody already.
        OperatorOnlyError: it is a key, and no person.
    """
    if principal.impersonated_by is not None:
        raise ImpersonationChainError
    if principal.kind != "user":
        raise OperatorOnlyError


class ImpersonationService:
    """Impersonations of users of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clock = clock_of(session)
        self._impersonations = ImpersonationRepository(session)

    async def start(
        self,
        operator: Principal,
        *,
        email: str,
        reason: str,
        life: timedelta,
        catalogue: RoleCatalogue,
        key: str,
    ) -> Acting:
        """Let `operator` act as the user with this address for `life`, an hour at most.

        The owners of the tenant are told, and everything done carries the operator's name.

        Raises:
            OwnTenantError: the user is the operator's own.
            ImpersonatedUserError: there is no active user with this address.
            MayMoreError: the user may more than the operator.
        """
        if tenant_of(self._session) == operator.tenant_id:
            raise OwnTenantError
        user = await UserRepository(self._session).by_email(normalised_email(email))
        if user is None or not user.is_active:
            raise ImpersonatedUserError(email)
        roles = await RoleRepository(self._session).all_of_user(user.id)
        if more := exceeding(permissions_of(roles, catalogue), operator.permissions):
            raise MayMoreError(more)
        impersonation = self._new(operator, user, reason, min(life, LONGEST))
        opened = UserSession(
            id=new_id(),
            user_id=user.id,
            created_at=impersonation.started_at,
            expires_at=impersonation.expires_at,
            impersonation_id=impersonation.id,
        )
        await self._impersonations.add(impersonation, opened)
        await self._announce(impersonation, user)
        return Acting(
            id=impersonation.id,
            tenant_id=tenant_of(self._session),
            user_id=user.id,
            user_name=user.name,
            expires_at=impersonation.expires_at,
            access_token=self._token(opened, key),
        )

    async def end(self, impersonation_id: UUID) -> UUID:
        """End it now; the user who was impersonated. Nothing, if it has ended already.

        Raises:
            ImpersonationNotFoundError: there is none.
        """
        found = await self._impersonations.by_id(impersonation_id)
        if found is None:
            raise ImpersonationNotFoundError(impersonation_id)
        now = self._clock.now()
        if not found.is_running(now):
            return found.user_id
        found.end(current_actor().name, now)
        session_id = await self._impersonations.session_of(found.id)
        if session_id is not None:
            await SessionRepository(self._session).revoke(session_id, "impersonation_ended", now)
        await EventPublisher(self._session).publish(
            ImpersonationEnded(
                impersonation_id=found.id, user_id=found.user_id, operator_id=found.operator_id
            )
        )
        await record(
            self._session,
            action="identity.impersonation_end",
            target=(_TARGET, found.user_id),
            after={"operator": found.operator_id},
        )
        return found.user_id

    def _new(self, operator: Principal, user: User, reason: str, life: timedelta) -> Impersonation:
        now = self._clock.now()
        return Impersonation(
            id=new_id(),
            user_id=user.id,
            operator_id=UUID(operator.subject),
            operator_tenant_id=operator.tenant_id,
            operator_name=operator.name,
            reason=reason,
            started_at=now,
            expires_at=now + life,
        )

    async def _announce(self, impersonation: Impersonation, user: User) -> None:
        await EventPublisher(self._session).publish(
            ImpersonationStarted(
                impersonation_id=impersonation.id,
                user_id=user.id,
                operator_id=impersonation.operator_id,
                operator_name=impersonation.operator_name,
                reason=impersonation.reason,
                expires_at=impersonation.expires_at,
            )
        )
        await record(
            self._session,
            action="identity.impersonation_start",
            target=(_TARGET, user.id),
            after={"reason": impersonation.reason, "until": impersonation.expires_at},
        )
        notice = notice_of(
            await branding_of(self._session),
            operator=impersonation.operator_name,
            user=user.name,
            reason=impersonation.reason,
            until=impersonation.expires_at,
        )
        await send_messages(
            self._session,
            [
                notice.to(owner, topic="security", about=("user", user.id))
                for owner in await self._impersonations.owners()
            ],
        )

    def _token(self, opened: UserSession, key: str) -> str:
        claims = AccessClaims(
            kind=AccountKind.STAFF,
            tenant_id=tenant_of(self._session),
            user_id=opened.user_id,
            session_id=opened.id,
            token_id=new_id(),
            issued_at=opened.created_at,
            expires_at=opened.expires_at,
        )
        return sign_access_token(claims, key)
