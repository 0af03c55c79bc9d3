"""What can be done with users."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.tenant_settings import setting_of
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.entitlements.service import USERS, release, take
from dotmac_identity.languages import language_for
from dotmac_identity.roles.models import Role
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import RoleService, permissions_of
from dotmac_identity.roles.system_roles import EVERYTHING, OWNER, RoleCatalogue
from dotmac_identity.sessions.repository import SessionRepository
from dotmac_identity.users.account import PortalAccess, UserAccount
from dotmac_identity.users.emails import normalised_email
from dotmac_identity.users.errors import EmailTakenError, LastOwnerError, UserNotFoundError
from dotmac_identity.users.events import (
    PasswordChanged,
    UserActivated,
    UserCreated,
    UserDeactivated,
    UserRolesChanged,
)
from dotmac_identity.users.models import User
from dotmac_identity.users.password_rules import SHORTEST_PASSWORD, require_strong
from dotmac_identity.users.repository import UserRepository

_TARGET = "user"
_CHUNK = 200


class UserService:
    """Users of the session's tenant: the staff, unless another `kind` is wanted; None is both.

    Who may do this is decided by the caller; the routes hold to the rule that nobody passes on more
    than they hold.
    """

    def __init__(
        self,
        session: AsyncSession,
        users: UserRepository,
        passwords: Passwords | None = None,
        kind: AccountKind | None = AccountKind.STAFF,
    ) -> None:
        self._session = session
        self._users = users
        self._roles = RoleRepository(session)
        self._passwords = passwords or Passwords()
        self._kind = kind

    @classmethod
    def within(
        cls,
        session: AsyncSession,
        passwords: Passwords | None = None,
        kind: AccountKind | None = AccountKind.STAFF,
    ) -> UserService:
        """The service in the caller's transaction."""
        return cls(session, UserRepository(session), passwords, kind)

    async def create(
        self,
        *,
        email: str,
        name: str,
        password: str | None,
        roles: Iterable[str] = (),
        locale: str | None = None,
        portal: PortalAccess | None = None,
    ) -> UserAccount:
        """Let somebody sign in; without a `password`, by other means or once they have set one.

        With `portal` it is a customer, who has no roles and cannot get any. Without a `locale` they
        are written to in the tenant's language.

        Raises:
            InvalidEmailError, WeakPasswordError, UnknownRoleError: the input cannot be used.
            EmailTakenError, LimitReachedError: the address is taken, the plan allows no more users.
        """
        address = normalised_email(email)
        assigned = await RoleService.within(self._session).named(() if portal else roles)
        now = clock_of(self._session).now()
        user = User(
            id=new_id(),
            kind=AccountKind.STAFF if portal is None else AccountKind.PORTAL,
            customer_id=None if portal is None else portal.customer_id,
            portal_permissions=[] if portal is None else sorted(set(portal.permissions)),
            email=address,
            name=name.strip() or address,
            password_hash=await self._hashed(password, (address, name)),
            locale=await language_for(self._session, locale),
            is_active=True,
            failed_attempts=0,
            created_at=now,
            updated_at=now,
        )
        await self._insert(user)
        await self._roles.assign(user.id, assigned)
        account = _account(user, assigned)
        await EventPublisher(self._session).publish(
            UserCreated(
                user_id=user.id,
                email=user.email,
                full_name=user.name,
                roles=account.roles,
                customer_id=user.customer_id,
            )
        )
        await self._record("create", user, after={"roles": list(account.roles)})
        return account

    async def by_id(self, user_id: UUID) -> UserAccount:
        """The user.

        Raises:
            UserNotFoundError: the tenant has no such user.
        """
        return (await self.accounts([await self._load(user_id)]))[0]

    async def by_email(self, email: str) -> UserAccount | None:
        """The user with this address, if there is one."""
        user = await self._users.by_email(normalised_email(email))
        return None if user is None else (await self.accounts([user]))[0]

    async def page(self, *, offset: int = 0, limit: int = 200) -> tuple[list[UserAccount], int]:
        """A page of the users by e-mail address, and how many there are in all."""
        users, total = await self._users.page(offset=offset, limit=limit)
        return await self.accounts(users), total

    async def who_may(self, permission: str, catalogue: RoleCatalogue) -> list[UserAccount]:
        """Active users whose roles allow `permission` everywhere, by e-mail address."""
        found: list[UserAccount] = []
        offset, total = 0, 1
        while offset < total:
            users, total = await self._users.page(offset=offset, limit=_CHUNK)
            roles = await self._roles.of_users(user.id for user in users)
            for user in users:
                allowed = permissions_of(roles.get(user.id, []), catalogue)
                if user.is_active and {permission, EVERYTHING} & allowed:
                    found.append(_account(user, roles.get(user.id, [])))
            offset += _CHUNK
        return found

    async def rename(self, user_id: UUID, name: str) -> UserAccount:
        """Change how somebody is called."""
        user = await self._load(user_id, for_update=True)
        before, user.name = user.name, name
        user.updated_at = clock_of(self._session).now()
        await self._record("rename", user, before={"name": before}, after={"name": name})
        return (await self.accounts([user]))[0]

    async def set_roles(self, user_id: UUID, roles: Iterable[str]) -> UserAccount:
        """Give somebody exactly these roles.

        Raises:
            UnknownRoleError: one of `roles` does not exist.
            LastOwnerError: nobody active would be owner any more.
        """
        user = await self._load(user_id, for_update=True)
        before = (await self.accounts([user]))[0]
        assigned = await RoleService.within(self._session).named(roles)
        if OWNER in before.roles and OWNER not in {role.name for role in assigned}:
            await self._require_another_owner(user)
        await self._roles.assign(user.id, assigned)
        account = _account(user, assigned)
        await EventPublisher(self._session).publish(
            UserRolesChanged(user_id=user.id, roles=account.roles)
        )
        await self._record(
            "set_roles",
            user,
            before={"roles": list(before.roles)},
            after={"roles": list(account.roles)},
        )
        return account

    async def set_password(
        self, user_id: UUID, password: str, *, sparing: UUID | None = None
    ) -> None:
        """Give somebody a new password, unlock the account and end its sessions, but `sparing`.

        Raises:
            WeakPasswordError: it would be guessed too soon.
        """
        user = await self._load(user_id, for_update=True)
        now = clock_of(self._session).now()
        user.password_hash = await self._hashed(password, (user.email, user.name))
        user.failed_attempts, user.locked_until, user.updated_at = 0, None, now
        await SessionRepository(self._session).revoke_all_of(
            user.id, "password_changed", now, sparing=sparing
        )
        await EventPublisher(self._session).publish(PasswordChanged(user_id=user.id))
        await self._record("set_password", user)

    async def deactivate(self, user_id: UUID) -> UserAccount:
        """Let somebody sign in no more and end their sessions; nothing, if it is so already.

        Raises:
            LastOwnerError: it is the last active owner.
        """
        user = await self._load(user_id, for_update=True)
        account = (await self.accounts([user]))[0]
        if not user.is_active:
            return account
        if OWNER in account.roles:
            await self._require_another_owner(user)
        now = clock_of(self._session).now()
        user.is_active, user.updated_at = False, now
        if user.kind is AccountKind.STAFF:
            await release(self._session, USERS)
        await SessionRepository(self._session).revoke_all_of(user.id, "user_deactivated", now)
        await EventPublisher(self._session).publish(UserDeactivated(user_id=user.id))
        await self._record("deactivate", user)
        return (await self.accounts([user]))[0]

    async def activate(self, user_id: UUID) -> UserAccount:
        """Let somebody who was deactivated sign in again; nothing, if it is so already.

        Raises:
            LimitReachedError: the plan allows no more users.
        """
        user = await self._load(user_id, for_update=True)
        if not user.is_active:
            if user.kind is AccountKind.STAFF:
                await take(self._session, USERS)
            user.is_active, user.updated_at = True, clock_of(self._session).now()
            user.failed_attempts, user.locked_until = 0, None
            await EventPublisher(self._session).publish(UserActivated(user_id=user.id))
            await self._record("activate", user)
        return (await self.accounts([user]))[0]

    async def _hashed(self, password: str | None, words: Iterable[str]) -> str | None:
        if password is None:
            return None
        shortest = await setting_of(self._session, SHORTEST_PASSWORD)
        require_strong(password, words=words, shortest=shortest)
        return await self._passwords.hash(password)

    async def _load(self, user_id: UUID, *, for_update: bool = False) -> User:
        user = await self._users.by_id(user_id, for_update=for_update)
        if user is None or self._kind not in {None, user.kind}:
            raise UserNotFoundError(user_id)
        return user

    async def _insert(self, user: User) -> None:
        if user.kind is AccountKind.STAFF:
            await take(self._session, USERS)
        try:
            async with self._session.begin_nested():
                self._users.add(user)
        except IntegrityError as error:
            raise EmailTakenError(user.email) from error

    async def accounts(self, users: Sequence[User]) -> list[UserAccount]:
        """The same with the names of their roles."""
        roles = await self._roles.of_users(user.id for user in users)
        return [_account(user, roles.get(user.id, [])) for user in users]

    async def _require_another_owner(self, user: User) -> None:
        # Two owners who demote each other at once would both find the other one still there.
        await self._roles.lock(OWNER)
        if not await self._users.other_active_with_role(OWNER, user.id):
            raise LastOwnerError

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
            action=f"identity.user_{action}",
            target=(_TARGET, user.id),
            before=before,
            after=after,
        )


def _account(user: User, roles: Iterable[Role]) -> UserAccount:
    return UserAccount(
        id=user.id,
        email=user.email,
        name=user.name,
        is_active=user.is_active,
        kind=user.kind,
        customer_id=user.customer_id,
        portal_permissions=tuple(user.portal_permissions),
        locale=user.locale,
        time_zone=user.time_zone,
        roles=tuple(sorted(role.name for role in roles)),
        created_at=user.created_at,
        last_sign_in_at=user.last_sign_in_at,
    )
