"""What people do with their own account: profile, forgotten password, another address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher, Look, Rendered, enqueue, send_message
from dotmac_core_ops.audit import record
from dotmac_core_ops.clock import time_zone as zone_named
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_core_ops.tenants import tenant_is_active
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.accounts import messages
from dotmac_identity.accounts.errors import InvalidAccountTokenError, SameEmailError
from dotmac_identity.accounts.links import page_link
from dotmac_identity.accounts.locales import checked_locale
from dotmac_identity.accounts.models import LIFE, AccountToken, Purpose
from dotmac_identity.accounts.repository import AccountTokenRepository
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.branding.service import branding_of
from dotmac_identity.domains.service import base_url_of
from dotmac_identity.sessions.opaque_token import (
    RANDOM_BYTES,
    compose_token,
    digest_of,
    read_token,
)
from dotmac_identity.sessions.repository import SessionRepository
from dotmac_identity.sessions.service import require_admitted
from dotmac_identity.users.account import UserAccount
from dotmac_identity.users.emails import normalised_email
from dotmac_identity.users.errors import EmailTakenError, UserNotFoundError
from dotmac_identity.users.events import EmailChanged
from dotmac_identity.users.models import User
from dotmac_identity.users.repository import UserRepository
from dotmac_identity.users.service import UserService

SEND_RESET = "identity.send_password_reset"
"""The name of the job that answers a forgotten password."""

MOST_RESETS_AN_HOUR = 3
"""Messages about a forgotten password that one account is sent within an hour."""

PREFIXES = {
    Purpose.PASSWORD_RESET: "dmp",
    Purpose.EMAIL_CHANGE: "dme",
    Purpose.EMAIL_UNDO: "dmu",
}
"""What each kind of token starts with."""

_PAGES = {
    Purpose.PASSWORD_RESET: "reset-password",
    Purpose.EMAIL_CHANGE: "confirm-email",
    Purpose.EMAIL_UNDO: "undo-email",
}


@dataclass(frozen=True)
class OwnAccount(UserAccount):
    """One's own account; `email_asked_for` is an address that waits to be confirmed."""

    email_asked_for: str | None = None


async def look_of(session: AsyncSession, locale: str, public_url: str | None = None) -> Look:
    """How messages of the session's tenant look, in a language; see `branding_of`."""
    return replace(await branding_of(session, public_url), language=locale)


class AccountService:
    """Accounts of the session's tenant, in the hands of their owners."""

    def __init__(
        self, session: AsyncSession, public_url: str, passwords: Passwords | None = None
    ) -> None:
        self._session = session
        self._public_url = public_url
        self._tokens = AccountTokenRepository(session)
        self._users = UserRepository(session)
        self._service = UserService.within(session, passwords, kind=None)

    async def own(self, user_id: UUID) -> OwnAccount:
        """The account of the user."""
        account = await self._service.by_id(user_id)
        now = clock_of(self._session).now()
        waiting = await self._tokens.email_asked_for(user_id, now)
        return OwnAccount(**vars(account), email_asked_for=waiting)

    async def change_profile(
        self,
        user_id: UUID,
        *,
        name: str | None = None,
        locale: str | None = None,
        time_zone: str | None = None,
    ) -> OwnAccount:
        """Change what is given: the name shown, the language, the time zone (IANA).

        Raises:
            InvalidLocaleError, UnknownTimeZoneError: it is none.
        """
        user = await self._load(user_id)
        wanted = {
            "name": name,
            "locale": None if locale is None else checked_locale(locale),
            "time_zone": None if time_zone is None else zone_named(time_zone).key,
        }
        changed = {k: v for k, v in wanted.items() if v is not None and v != getattr(user, k)}
        before: dict[str, object] = {field: getattr(user, field) for field in changed}
        for field, value in changed.items():
            setattr(user, field, value)
        if changed:
            user.updated_at = clock_of(self._session).now()
            await self._record("change_profile", user, before=before, after=dict(changed))
        return await self.own(user_id)

    async def ask_for_reset(self, email: str, kind: AccountKind) -> None:
        """Have a link to a new password sent, if there is such an account.

        A job looks, so that who asks cannot learn from the time it takes whether there is one.
        """
        address = email.strip().lower()
        asked = {"email": address, "kind": kind.value, "public_url": self._public_url}
        await enqueue(self._session, SEND_RESET, asked, key=f"{kind.value} {address}")

    async def send_reset(self, email: str, kind: AccountKind) -> None:
        """Send whoever has this address the link to a new password; nobody, if nobody has it.

        At most three times an hour, so that nobody's mailbox is filled by others.
        """
        user = await self._users.by_email(email, kind)
        if user is None or not user.is_active or not await tenant_is_active(self._session):
            return
        since = clock_of(self._session).now() - timedelta(hours=1)
        sent = await self._tokens.made_since(user.id, Purpose.PASSWORD_RESET, since)
        if sent >= MOST_RESETS_AN_HOUR:
            return
        await self._send_reset(user)

    async def reset_password(self, token: str, password: str, kind: AccountKind) -> None:
        """Give the owner of `token` a new password; all sessions end.

        Raises:
            InvalidAccountTokenError: unknown, used, expired, or of an account of another kind.
            WeakPasswordError: the password would be guessed too soon; the token stays good.
            TenantSuspendedError: only owners are let in at the moment; the token stays good.
        """
        _, user = await self._use(Purpose.PASSWORD_RESET, token, kind)
        await require_admitted(self._session, user.id)
        await self._service.set_password(user.id, password)
        await self._withdraw(user, Purpose.PASSWORD_RESET)
        await self._send(user, messages.password_changed(await self._look(user), name=user.name))

    async def change_password(
        self, user_id: UUID, password: str, *, session_id: UUID | None
    ) -> None:
        """Give somebody who knows the old one a new password; their other sessions end."""
        user = await self._load(user_id)
        await self._service.set_password(user_id, password, sparing=session_id)
        await self._withdraw(user, Purpose.PASSWORD_RESET)
        await self._send(user, messages.password_changed(await self._look(user), name=user.name))

    async def ask_for_email(self, user_id: UUID, email: str) -> OwnAccount:
        """Have another address confirmed by whoever reads its mail; until then nothing changes.

        That somebody else has the address is said only there: who asks learns nothing by it.

        Raises:
            InvalidEmailError: it is no address.
            SameEmailError: it is the present one.
        """
        address = normalised_email(email)
        user = await self._load(user_id)
        if address == user.email:
            raise SameEmailError
        await self._withdraw(user, Purpose.EMAIL_CHANGE)
        link = await self._link(user, Purpose.EMAIL_CHANGE, email=address)
        look = await self._look(user)
        verification = messages.email_verification(look, name=user.name, link=link)
        await self._send(user, verification, to=address, is_secret=True)
        await self._send(user, messages.email_change_asked(look, name=user.name))
        await self._record("ask_for_email", user)
        await self._session.flush()  # the answer names the address that is asked for
        return await self.own(user_id)

    async def confirm_email(self, token: str, kind: AccountKind) -> None:
        """Let the owner of `token` sign in with the address that it was sent to.

        Raises:
            InvalidAccountTokenError: unknown, used, expired, or of an account of another kind.
            EmailTakenError: somebody else got the address meanwhile.
        """
        found, user = await self._use(Purpose.EMAIL_CHANGE, token, kind)
        former = user.email
        await self._set_email(user, found.email or "")
        link = await self._link(user, Purpose.EMAIL_UNDO, email=former)
        notice = messages.email_changed(await self._look(user), name=user.name, link=link)
        await self._send(user, notice, to=former, is_secret=True)

    async def undo_email(self, token: str, kind: AccountKind) -> None:
        """Give the owner of `token` the former address back.

        Whoever changed it may know the password as well: it is void, all sessions end, and the link
        to a new one goes to the former address.

        Raises:
            InvalidAccountTokenError: unknown, used, expired, or of an account of another kind.
            EmailTakenError: somebody else got the address meanwhile.
        """
        found, user = await self._use(Purpose.EMAIL_UNDO, token, kind)
        await self._set_email(user, found.email or "")
        now = clock_of(self._session).now()
        user.password_hash = None
        await SessionRepository(self._session).revoke_all_of(user.id, "email_undone", now)
        for purpose in Purpose:
            await self._withdraw(user, purpose)
        await self._send_reset(user)

    async def tell_of_device(self, user_id: UUID, device: str, address: str, at: str) -> None:
        """Tell somebody that a device signed in that was not seen before."""
        user = await self._users.by_id(user_id)
        if user is not None:
            look = await self._look(user)
            notice = messages.new_device(
                look, name=user.name, device=device, address=address, at=at
            )
            await self._send(user, notice)

    async def _send_reset(self, user: User) -> None:
        link = await self._link(user, Purpose.PASSWORD_RESET)
        message = messages.password_reset(await self._look(user), name=user.name, link=link)
        await self._send(user, message, is_secret=True)
        await self._record("send_reset", user)

    async def _set_email(self, user: User, email: str) -> None:
        if await self._users.by_email(email, user.kind) is not None:
            raise EmailTakenError(email)
        before, user.email = user.email, email
        user.updated_at = clock_of(self._session).now()
        await self._session.flush()  # the unique key has the last word on two at once
        await EventPublisher(self._session).publish(
            EmailChanged(user_id=user.id, previous=before, email=email)
        )
        await self._record("change_email", user, before={"email": before}, after={"email": email})

    async def _use(
        self, purpose: Purpose, token: str, kind: AccountKind
    ) -> tuple[AccountToken, User]:
        now = clock_of(self._session).now()
        parts = read_token(PREFIXES[purpose], token)
        found = None
        if parts is not None:
            found = await self._tokens.by_hash(purpose, parts.digest)
        if found is None or not found.is_good(now):
            raise InvalidAccountTokenError
        user = await self._users.by_id(found.user_id, for_update=True)
        may = user is not None and user.is_active and await tenant_is_active(self._session)
        if user is None or user.kind is not kind or not may:
            raise InvalidAccountTokenError
        found.used_at = now
        return found, user

    async def _link(self, user: User, purpose: Purpose, *, email: str | None = None) -> str:
        now = clock_of(self._session).now()
        random = secrets.token_urlsafe(RANDOM_BYTES)
        secret = compose_token(PREFIXES[purpose], tenant_of(self._session), random)
        self._tokens.add(
            AccountToken(
                id=new_id(),
                user_id=user.id,
                purpose=purpose,
                token_hash=digest_of(secret),
                email=email,
                created_at=now,
                expires_at=now + LIFE[purpose],
            )
        )
        base_url = await base_url_of(self._session, self._public_url)
        return page_link(base_url, user.kind, _PAGES[purpose], secret)

    async def _withdraw(self, user: User, purpose: Purpose) -> None:
        await self._tokens.withdraw(user.id, purpose, clock_of(self._session).now())

    async def _look(self, user: User) -> Look:
        return await look_of(self._session, user.locale, self._public_url)

    async def _send(
        self, user: User, message: Rendered, *, to: str | None = None, is_secret: bool = False
    ) -> None:
        addressed = message.to(
            to or user.email,
            topic=messages.SECURITY,
            about=("user", user.id),
            is_secret=is_secret,
        )
        await send_message(self._session, addressed)

    async def _load(self, user_id: UUID) -> User:
        user = await self._users.by_id(user_id, for_update=True)
        if user is None:
            raise UserNotFoundError(user_id)
        return user

    async def _record(
        self,
        action: str,
        user: User,
        *,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"identity.account_{action}",
            target=("user", user.id),
            before=before,
            after=after,
        )
