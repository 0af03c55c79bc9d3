"""What a directory does with users."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.principal import Principal
from dotmac_identity.accounts.models import Purpose
from dotmac_identity.accounts.repository import AccountTokenRepository
from dotmac_identity.provisioning.errors import (
    OwnerNotProvisionedError,
    ScimResourceNotFoundError,
    UserNameTakenError,
)
from dotmac_identity.provisioning.filters import Condition
from dotmac_identity.provisioning.models import ProvisionedUser
from dotmac_identity.provisioning.patching import patched
from dotmac_identity.provisioning.person import DirectoryPerson, document_of, read_person
from dotmac_identity.provisioning.repository import Known, ProvisioningRepository
from dotmac_identity.provisioning.resources import GroupOfUser, KnownUser
from dotmac_identity.roles.models import Role
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import permissions_of, require_grantable
from dotmac_identity.roles.system_roles import OWNER, RoleCatalogue
from dotmac_identity.users.errors import EmailTakenError
from dotmac_identity.users.events import EmailChanged, UserRolesChanged
from dotmac_identity.users.models import User
from dotmac_identity.users.repository import UserRepository
from dotmac_identity.users.service import UserService

Check = Callable[[KnownUser], None]
"""May refuse a change of the version there is."""


class ProvisioningService:
    """The staff of the session's tenant in the hands of a directory, which acts as `by`.

    A directory lets go whoever leaves, whatever they may do; but it gives nobody more than its key
    holds. So it neither lets somebody back in who may more, nor moves their address, to which a new
    password would be sent. Owners are left to people altogether.
    """

    def __init__(self, session: AsyncSession, by: Principal, catalogue: RoleCatalogue) -> None:
        self._session = session
        self._by = by
        self._catalogue = catalogue
        self._known = ProvisioningRepository(session)
        self._roles = RoleRepository(session)
        self._users = UserService.within(session)

    async def by_id(self, user_id: UUID) -> KnownUser:
        """The user.

        Raises:
            ScimResourceNotFoundError: there is none, or the directory has removed them.
        """
        return (await self._shown([await self._load(user_id, for_update=False)]))[0]

    async def page(
        self, conditions: Iterable[Condition], *, offset: int, limit: int
    ) -> tuple[list[KnownUser], int]:
        """A page of those who meet all conditions, oldest first, and how many do in all."""
        found, total = await self._known.page(conditions, offset=offset, limit=limit)
        return await self._shown(found), total

    async def create(self, document: Mapping[str, Any]) -> KnownUser:
        """Let somebody sign in, who then has no role; or let them come back who was removed.

        Raises:
            InvalidScimValueError, InvalidScimMessageError: the document cannot be used.
            UserNameTakenError, EmailTakenError: somebody is called so already.
            LimitReachedError: the plan allows no more users.
        """
        wanted = read_person(document)
        back = await self._known.removed(wanted.key, wanted.email)
        if back is not None:
            return await self._change(back, wanted)
        await self._require_free(wanted, None)
        account = await self._users.create(
            email=wanted.email, name=wanted.name, password=None, locale=wanted.locale or "en"
        )
        return await self._change(await self._load(account.id), wanted)

    async def replace(
        self, user_id: UUID, document: Mapping[str, Any], *, check: Check
    ) -> KnownUser:
        """Let somebody be what the document says, as `read_person` reads it.

        Raises:
            ScimResourceNotFoundError: there is no such user.
            UserNameTakenError, EmailTakenError: somebody else is called so already.
            OwnerNotProvisionedError, GrantTooWideError: it is about somebody who may more.
            LimitReachedError: the plan allows no more active users.
        """
        known = await self._checked(user_id, check)
        return await self._change(known, read_person(document, person_of(known)))

    async def patch(
        self, user_id: UUID, operations: Sequence[Mapping[str, Any]], *, check: Check
    ) -> KnownUser:
        """Do the operations to somebody, all or none; raises what `replace` and `patched` do."""
        known = await self._checked(user_id, check)
        present = person_of(known)
        document = patched(document_of(present), operations)
        return await self._change(known, read_person(document, present))

    async def remove(self, user_id: UUID, *, check: Check) -> None:
        """Let somebody go for good: deactivated, without a role, out of the directory's sight.

        What they did stays theirs, which is why the account is kept. A directory that brings in the
        same userName or address later finds it again, without its former roles.

        Raises:
            ScimResourceNotFoundError: there is no such user.
            OwnerNotProvisionedError: they are an owner.
        """
        user, entry = await self._checked(user_id, check)
        await self._set_active(user, is_active=False)
        roles = [role.name for role in await self._roles.all_of_user(user_id)]
        if roles:
            await self._known.take_all_roles(user_id)
            changed = UserRolesChanged(user_id=user_id, roles=())
            await EventPublisher(self._session).publish(changed)
        entry = entry or self._enter(user, person_of((user, None)))
        entry.removed_at = entry.updated_at = clock_of(self._session).now()
        entry.external_id = None
        await self._record("remove", user, before={"roles": roles}, after=None)

    async def _change(self, known: Known, wanted: DirectoryPerson) -> KnownUser:
        user, entry = known
        present = person_of(known)
        wanted = replace(wanted, locale=wanted.locale or present.locale)
        await self._require_free(wanted, user.id)
        if wanted.email != present.email:
            await self._move(user, wanted.email)
        if wanted.is_active is not present.is_active:
            await self._set_active(user, is_active=wanted.is_active)
        entry = entry or self._enter(user, present)
        entry.removed_at = None
        now = clock_of(self._session).now()
        before, after = _difference(present, wanted)
        if after:
            user.name, user.time_zone = wanted.name, wanted.time_zone
            user.locale = wanted.locale or user.locale
            entry.user_name, entry.user_name_key = wanted.user_name, wanted.key
            entry.external_id = wanted.external_id
            entry.given_name, entry.family_name = wanted.given_name, wanted.family_name
            user.updated_at = entry.updated_at = now
            await self._record("provision", user, before=before, after=after)
        await self._session.flush()  # a conflict with another request shows here
        return (await self._shown([(user, entry)]))[0]

    async def _set_active(self, user: User, *, is_active: bool) -> None:
        if is_active:
            await self._require_no_wider(user)
            await self._users.activate(user.id)
            return
        if OWNER in {role.name for role in await self._roles.all_of_user(user.id)}:
            raise OwnerNotProvisionedError
        await self._users.deactivate(user.id)

    async def _move(self, user: User, email: str) -> None:
        await self._require_no_wider(user)
        if await UserRepository(self._session).by_email(email) is not None:
            raise EmailTakenError(email)
        before, user.email = user.email, email
        now = clock_of(self._session).now()
        for purpose in Purpose:  # links that were sent to the former address are good no more
            await AccountTokenRepository(self._session).withdraw(user.id, purpose, now)
        await EventPublisher(self._session).publish(
            EmailChanged(user_id=user.id, previous=before, email=email)
        )

    async def _require_no_wider(self, user: User) -> None:
        roles: list[Role] = await self._roles.all_of_user(user.id)
        if OWNER in {role.name for role in roles}:
            raise OwnerNotProvisionedError
        require_grantable(self._by, permissions_of(roles, self._catalogue))

    async def _require_free(self, wanted: DirectoryPerson, user_id: UUID | None) -> None:
        for attribute, value in (("userName", wanted.key), ("externalId", wanted.external_id)):
            if value is not None and await self._known.is_taken(
                Condition(attribute, value), but_by=user_id
            ):
                raise UserNameTakenError(attribute)

    def _enter(self, user: User, person: DirectoryPerson) -> ProvisionedUser:
        now = clock_of(self._session).now()
        entry = ProvisionedUser(
            id=new_id(),
            user_id=user.id,
            user_name=person.user_name,
            user_name_key=person.key,
            created_at=now,
            updated_at=now,
        )
        self._known.add(entry)
        return entry

    async def _checked(self, user_id: UUID, check: Check) -> Known:
        known = await self._load(user_id)
        check((await self._shown([known]))[0])
        return known

    async def _load(self, user_id: UUID, *, for_update: bool = True) -> Known:
        known = await self._known.by_id(user_id, for_update=for_update)
        if known is None:
            raise ScimResourceNotFoundError("user", str(user_id))
        return known

    async def _shown(self, found: Sequence[Known]) -> list[KnownUser]:
        roles = await self._roles.of_users(user.id for user, _ in found)
        return [_known_user(one, roles.get(one[0].id, ())) for one in found]

    async def _record(
        self,
        action: str,
        user: User,
        *,
        before: dict[str, object] | None,
        after: dict[str, object] | None,
    ) -> None:
        await record(
            self._session,
            action=f"identity.user_{action}",
            target=("user", user.id),
            before=before,
            after=after,
        )


def person_of(known: Known) -> DirectoryPerson:
    """What a directory decides about the user, as it is now."""
    user, entry = known
    person = DirectoryPerson(
        user_name=user.email,
        email=user.email,
        name=user.name,
        locale=user.locale,
        time_zone=user.time_zone,
        is_active=user.is_active,
    )
    if entry is None:
        return person
    return replace(
        person,
        user_name=entry.user_name,
        given_name=entry.given_name,
        family_name=entry.family_name,
        external_id=entry.external_id,
    )


def _known_user(known: Known, roles: Iterable[Role]) -> KnownUser:
    user, entry = known
    return KnownUser(
        id=user.id,
        person=person_of(known),
        groups=tuple(GroupOfUser(role.id, role.name) for role in roles),
        created_at=user.created_at,
        updated_at=user.updated_at if entry is None else max(user.updated_at, entry.updated_at),
    )


def _difference(
    present: DirectoryPerson, wanted: DirectoryPerson
) -> tuple[dict[str, object], dict[str, object]]:
    old, new = asdict(present), asdict(wanted)
    fields = [name for name in new if new[name] != old[name]]
    return {name: old[name] for name in fields}, {name: new[name] for name in fields}
