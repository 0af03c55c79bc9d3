"""Giving a role for a site, a reseller or a customer group, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import new_id
from dotmac_core_ops.principal import Scope
from dotmac_identity.roles.errors import AlreadyAssignedError, AssignmentNotFoundError
from dotmac_identity.roles.events import ScopedRoleGiven, ScopedRoleTaken
from dotmac_identity.roles.models import Role, UserRole
from dotmac_identity.roles.service import require_scopable
from dotmac_identity.scoped_roles.repository import ScopedRoleRepository
from dotmac_identity.users.service import UserService


@dataclass(frozen=True)
class ScopedRole:
    """A role that a user has within a part."""

    id: UUID
    role: str
    scope_kind: str
    scope_id: UUID


class ScopedRoleService:
    """Roles in parts, of the session's tenant; who may is for the caller to decide."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._assignments = ScopedRoleRepository(session)

    async def of_user(self, user_id: UUID) -> list[ScopedRole]:
        """What a user has in parts, oldest first.

        Raises:
            UserNotFoundError: the tenant has no such user.
        """
        await UserService.within(self._session).by_id(user_id)
        return [_shown(*pair) for pair in await self._assignments.of_user(user_id)]

    async def give(self, user_id: UUID, role: Role, scope: Scope) -> ScopedRole:
        """Let the user have the role within `scope`.

        Raises:
            UserNotFoundError: the tenant has no such user.
            RoleNotScopableError: the role is about everything.
            AlreadyAssignedError: they have it there.
        """
        await UserService.within(self._session).by_id(user_id)
        require_scopable(role)
        given = UserRole(
            id=new_id(),
            user_id=user_id,
            role_id=role.id,
            scope_kind=scope.kind,
            scope_id=scope.id,
        )
        try:
            await self._assignments.add(given)
        except IntegrityError as error:
            raise AlreadyAssignedError(role.name) from error
        shown = _shown(given, role)
        await EventPublisher(self._session).publish(
            ScopedRoleGiven(
                user_id=user_id, role=role.name, scope_kind=scope.kind, scope_id=scope.id
            )
        )
        await self._record("give", user_id, shown)
        return shown

    async def found(self, user_id: UUID, assignment_id: UUID) -> tuple[UserRole, Role]:
        """An assignment of the user with its role.

        Raises:
            AssignmentNotFoundError: there is none.
        """
        pair = await self._assignments.by_id(user_id, assignment_id)
        if pair is None:
            raise AssignmentNotFoundError(assignment_id)
        return pair

    async def take(self, given: UserRole, role: Role) -> None:
        """Take the role back."""
        shown = _shown(given, role)
        await self._assignments.remove(given)
        await EventPublisher(self._session).publish(
            ScopedRoleTaken(
                user_id=given.user_id,
                role=role.name,
                scope_kind=shown.scope_kind,
                scope_id=shown.scope_id,
            )
        )
        await self._record("take", given.user_id, shown)

    async def _record(self, what: str, user_id: UUID, shown: ScopedRole) -> None:
        said = {"role": shown.role, "scope": f"{shown.scope_kind}:{shown.scope_id}"}
        before, after = (None, said) if what == "give" else (said, None)
        await record(
            self._session,
            action=f"identity.scoped_role_{what}",
            target=("user", user_id),
            before=before,
            after=after,
        )


def _shown(given: UserRole, role: Role) -> ScopedRole:
    assert given.scope_kind is not None  # only such are read
    assert given.scope_id is not None
    return ScopedRole(given.id, role.name, given.scope_kind, given.scope_id)
