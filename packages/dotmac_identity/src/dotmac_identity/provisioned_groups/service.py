"""What a directory does with roles, which are groups to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.principal import Principal
from dotmac_identity.provisioned_groups.membership import members_after, members_in
from dotmac_identity.provisioned_groups.repository import GroupRepository
from dotmac_identity.provisioned_groups.resources import KnownGroup, Member
from dotmac_identity.provisioning.errors import (
    InvalidScimValueError,
    OwnerNotProvisionedError,
    ScimResourceNotFoundError,
)
from dotmac_identity.provisioning.filters import Condition
from dotmac_identity.roles.models import Role
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import permissions_of, require_grantable
from dotmac_identity.roles.system_roles import OWNER, RoleCatalogue
from dotmac_identity.users.events import UserRolesChanged

Check = Callable[[KnownGroup], None]
"""May refuse a change of the version there is."""


class ProvisionedGroupService:
    """The roles of the session's tenant in the hands of a directory, which acts as `by`.

    It gives and takes roles that allow no more than its key does, and never makes or unmakes an
    owner. Roles themselves are made by people.
    """

    def __init__(self, session: AsyncSession, by: Principal, catalogue: RoleCatalogue) -> None:
        self._session = session
        self._by = by
        self._catalogue = catalogue
        self._groups = GroupRepository(session)

    async def by_id(self, role_id: UUID) -> KnownGroup:
        """The role with everybody who has it everywhere.

        Raises:
            ScimResourceNotFoundError: there is no such role.
        """
        return await self._shown(await self._load(role_id, for_update=False))

    async def page(
        self, conditions: Iterable[Condition], *, offset: int, limit: int, with_members: bool
    ) -> tuple[list[KnownGroup], int]:
        """A page of the roles that meet all conditions, by name, and how many do in all."""
        roles, total = await self._groups.page(conditions, offset=offset, limit=limit)
        members: dict[UUID, list[Member]] = {}
        if with_members and roles:
            members = await self._groups.members([role.id for role in roles])
        return [_known_group(role, members.get(role.id, ())) for role in roles], total

    async def replace(
        self, role_id: UUID, document: Mapping[str, Any], *, check: Check
    ) -> tuple[KnownGroup, set[UUID]]:
        """Let exactly those have the role whom `document` names; who has it or lost it newly.

        Raises:
            ScimResourceNotFoundError: there is no such role.
            OwnerNotProvisionedError, GrantTooWideError: the role allows more than the key does.
            InvalidScimValueError: a member is no user whom the directory sees.
            ReadOnlyAttributeError: the role would be called otherwise.
        """
        role = await self._load(role_id)
        group = await self._checked(role, check)
        return await self._set(role, group, members_in(document, role.name))

    async def patch(
        self, role_id: UUID, operations: Sequence[Mapping[str, Any]], *, check: Check
    ) -> tuple[KnownGroup, set[UUID]]:
        """Do the operations to the members, all or none; raises what `replace` does."""
        role = await self._load(role_id)
        group = await self._checked(role, check)
        present = frozenset(member.id for member in group.members)
        return await self._set(role, group, members_after(present, operations, role.name))

    async def _set(
        self, role: Role, group: KnownGroup, wanted: frozenset[UUID]
    ) -> tuple[KnownGroup, set[UUID]]:
        present = {member.id for member in group.members}
        given, taken = wanted - present, present - wanted
        if not given and not taken:
            return group, set()
        if role.is_system and role.name == OWNER:
            raise OwnerNotProvisionedError
        require_grantable(self._by, permissions_of([role], self._catalogue))
        if await self._groups.in_sight(given) != given:
            raise InvalidScimValueError("members", "each is the id of a user who is here")
        if taken:
            await self._groups.take(role.id, taken)
        if given:
            await self._groups.give(role.id, given)
        changed = {*given, *taken}
        await self._tell(role, given, taken)
        return await self._shown(role), changed

    async def _tell(self, role: Role, given: Collection[UUID], taken: Collection[UUID]) -> None:
        users = sorted([*given, *taken])
        roles = await RoleRepository(self._session).of_users(users)
        await EventPublisher(self._session).publish_many(
            UserRolesChanged(
                user_id=user_id, roles=tuple(one.name for one in roles.get(user_id, ()))
            )
            for user_id in users
        )
        await record(
            self._session,
            action="identity.role_members_set",
            target=("role", role.id),
            after={"role": role.name, "given": sorted(given), "taken": sorted(taken)},
        )

    async def _checked(self, role: Role, check: Check) -> KnownGroup:
        group = await self._shown(role)
        check(group)
        return group

    async def _load(self, role_id: UUID, *, for_update: bool = True) -> Role:
        role = await self._groups.by_id(role_id, for_update=for_update)
        if role is None:
            raise ScimResourceNotFoundError("group", str(role_id))
        return role

    async def _shown(self, role: Role) -> KnownGroup:
        members = await self._groups.members([role.id])
        return _known_group(role, members.get(role.id, ()))


def _known_group(role: Role, members: Iterable[Member]) -> KnownGroup:
    return KnownGroup(role.id, role.name, tuple(members), role.created_at)
