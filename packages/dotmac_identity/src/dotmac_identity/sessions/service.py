"""Opening, continuing, naming and ending sessions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_core_ops.http import Client
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenant_settings import setting_of
from dotmac_core_ops.tenant_state import TenantState, TenantSuspendedError
from dotmac_core_ops.tenants import tenant_state
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.system_roles import OWNER
from dotmac_identity.sessions.access_token import AccessClaims, sign_access_token
from dotmac_identity.sessions.devices import device_label, is_new_device
from dotmac_identity.sessions.errors import SessionNotFoundError
from dotmac_identity.sessions.events import SignedInFromNewDevice
from dotmac_identity.sessions.holder import SessionHolder
from dotmac_identity.sessions.limits import IDLE_DAYS
from dotmac_identity.sessions.models import RefreshToken, UserSession
from dotmac_identity.sessions.opaque_token import RANDOM_BYTES, compose_token, digest_of
from dotmac_identity.sessions.repository import SessionRepository
from dotmac_identity.sessions.tokens import REFRESH_PREFIX, TokenPair
from dotmac_identity.sessions.view import SessionView

_TARGET = "session"


@dataclass(frozen=True)
class TokenIssuer:
    """Makes the tokens of sessions: the key they are signed with, and how long they live."""

    key: str
    access_life: timedelta
    refresh_life: timedelta

    @classmethod
    def of(cls, settings: Settings) -> TokenIssuer:
        """What `settings` say."""
        return cls(
            settings.secret_key.get_secret_value(),
            timedelta(minutes=settings.access_token_minutes),
            timedelta(days=settings.refresh_token_days),
        )

    async def life(self, session: AsyncSession) -> timedelta:
        """How long a session lives that is not used: as the tenant says, or shorter."""
        days = await setting_of(session, IDLE_DAYS)
        return min(self.refresh_life, timedelta(days=days))

    def open(
        self, session: AsyncSession, user_id: UUID, client: Client, life: timedelta
    ) -> tuple[UserSession, RefreshToken, str]:
        """A new session of the user with its first refresh token, and that token's secret."""
        now = clock_of(session).now()
        opened = UserSession(
            id=new_id(),
            user_id=user_id,
            created_at=now,
            expires_at=now + life,
            user_agent=client.user_agent,
            address=client.address,
            last_seen_at=now,
        )
        token, secret = self.next_token(session, opened)
        return opened, token, secret

    def next_token(self, session: AsyncSession, opened: UserSession) -> tuple[RefreshToken, str]:
        """The next refresh token of a session, and its secret."""
        random = secrets.token_urlsafe(RANDOM_BYTES)
        secret = compose_token(REFRESH_PREFIX, tenant_of(session), random)
        token = RefreshToken(
            id=new_id(),
            session_id=opened.id,
            token_hash=digest_of(secret),
            issued_at=clock_of(session).now(),
        )
        return token, secret

    def pair(
        self, session: AsyncSession, opened: UserSession, kind: AccountKind, refresh_token: str
    ) -> TokenPair:
        """An access token of the session beside `refresh_token`."""
        now = clock_of(session).now()
        claims = AccessClaims(
            kind=kind,
            tenant_id=tenant_of(session),
            user_id=opened.user_id,
            session_id=opened.id,
            token_id=new_id(),
            issued_at=now,
            expires_at=now + self.access_life,
        )
        return TokenPair(
            access_token=sign_access_token(claims, self.key),
            refresh_token=refresh_token,
            expires_in=int(self.access_life.total_seconds()),
        )


async def open_session(
    session: AsyncSession,
    issuer: TokenIssuer,
    holder: SessionHolder,
    client: Client,
    *,
    second_factor_vouched: bool = False,
) -> TokenPair:
    """Sign in somebody who has proved who they are: a new session and its first tokens.

    One that was never seen before is told to its owner. Every way in ends here. With
    `second_factor_vouched` nobody has to set one up here who showed one at a provider.

    Raises:
        TenantSuspendedError: only owners are let in at the moment.
    """
    await require_admitted(session, holder.user_id)
    sessions = SessionRepository(session)
    known = await sessions.devices_of(holder.user_id)
    life = await issuer.life(session)
    opened, token, secret = issuer.open(session, holder.user_id, client, life)
    opened.second_factor_vouched = second_factor_vouched
    await sessions.add(opened, token)
    await record(session, action="identity.sign_in", target=("user", holder.user_id))
    if is_new_device(client.user_agent, client.address, known):
        await EventPublisher(session).publish(
            SignedInFromNewDevice(
                user_id=holder.user_id,
                session_id=opened.id,
                device=device_label(client.user_agent),
                address=client.address,
            )
        )
    return issuer.pair(session, opened, holder.kind, secret)


async def require_admitted(session: AsyncSession, user_id: UUID) -> None:
    """Refuse everybody but owners while the tenant is suspended, and everybody once it is closed.

    Asked only of people who have proved who they are: others learn nothing of the tenant.

    Raises:
        TenantSuspendedError: it is, and they are none.
    """
    state = await tenant_state(session)
    if state not in {TenantState.SUSPENDED, TenantState.CLOSED}:
        return
    roles = (await RoleRepository(session).of_users([user_id])).get(user_id, [])
    if state is TenantState.CLOSED or OWNER not in {role.name for role in roles}:
        raise TenantSuspendedError


class SessionService:
    """The sessions of a user of the session's tenant, as people look at them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._sessions = SessionRepository(session)

    async def of_user(self, user_id: UUID, *, current: UUID | None = None) -> list[SessionView]:
        """The open sessions, the one seen last first; `current` is marked."""
        now = clock_of(self._session).now()
        return [_seen(one, current) for one in await self._sessions.open_of(user_id, now)]

    async def name_device(
        self, user_id: UUID, session_id: UUID, name: str, *, current: UUID | None = None
    ) -> SessionView:
        """Call the device of a session `name`.

        Raises:
            SessionNotFoundError: the user has no such open session.
        """
        opened = await self._open(user_id, session_id)
        before, opened.device_name = opened.device_name, name
        await record(
            self._session,
            action="identity.session_name",
            target=(_TARGET, session_id),
            before={"device_name": before},
            after={"device_name": name},
        )
        return _seen(opened, current)

    async def end(self, user_id: UUID, session_id: UUID, *, because: str) -> None:
        """End a session of the user.

        Raises:
            SessionNotFoundError: the user has no such open session.
        """
        await self._open(user_id, session_id)
        now = clock_of(self._session).now()
        await self._sessions.revoke(session_id, because, now)
        await record(
            self._session,
            action="identity.session_end",
            target=(_TARGET, session_id),
            after={"because": because, "user_id": user_id},
        )

    async def end_all(self, user_id: UUID, *, because: str, sparing: UUID | None = None) -> int:
        """End all sessions of the user, `sparing` one perhaps; how many were open."""
        now = clock_of(self._session).now()
        ended = await self._sessions.revoke_all_of(user_id, because, now, sparing=sparing)
        if ended:
            await record(
                self._session,
                action="identity.sessions_end",
                target=("user", user_id),
                after={"because": because, "count": len(ended)},
            )
        return len(ended)

    async def _open(self, user_id: UUID, session_id: UUID) -> UserSession:
        opened = await self._sessions.by_id(session_id)
        now = clock_of(self._session).now()
        if opened is None or opened.user_id != user_id or not opened.is_open(now):
            raise SessionNotFoundError(session_id)
        return opened


def _seen(opened: UserSession, current: UUID | None) -> SessionView:
    device = device_label(opened.user_agent)
    return SessionView(
        id=opened.id,
        device_name=opened.device_name or device,
        device=device,
        address=opened.address,
        created_at=opened.created_at,
        last_seen_at=opened.last_seen_at or opened.created_at,
        expires_at=opened.expires_at,
        is_current=opened.id == current,
    )
