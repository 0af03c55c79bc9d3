"""Every query on what directories know users by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.provisioning.filters import Condition
from dotmac_identity.provisioning.models import ProvisionedUser
from dotmac_identity.roles.models import UserRole
from dotmac_identity.users.models import User

Known = tuple[User, ProvisionedUser | None]
"""A user, and what the directory knows them by; None for whom it has not touched."""

_STAFF = User.kind == AccountKind.STAFF
_REMOVED = sa.and_(ProvisionedUser.removed_at.is_not(None), sa.not_(User.is_active))
STAFF_IN_SIGHT = sa.and_(_STAFF, sa.or_(ProvisionedUser.removed_at.is_(None), User.is_active))
"""Of `KNOWN_STAFF` those whom a directory sees: all but those it has removed."""

KNOWN_STAFF = sa.select(User, ProvisionedUser).outerjoin(
    ProvisionedUser, ProvisionedUser.user_id == User.id
)
"""Users with what a directory knows them by, to be narrowed to `STAFF_IN_SIGHT`."""


class ProvisioningRepository:
    """The tenant's staff as a directory sees it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, entry: ProvisionedUser) -> None:
        """Keep what a directory knows a user by."""
        self._session.add(entry)

    async def by_id(self, user_id: UUID, *, for_update: bool = False) -> Known | None:
        """The user, unless the directory has removed them; locked if wanted."""
        return await self._one(
            KNOWN_STAFF.where(User.id == user_id, STAFF_IN_SIGHT), for_update=for_update
        )

    async def removed(self, user_name_key: str, email: str) -> Known | None:
        """Whom the directory has removed, by its name for them or else by the address; locked."""
        query = (
            KNOWN_STAFF.where(
                _STAFF,
                _REMOVED,
                sa.or_(ProvisionedUser.user_name_key == user_name_key, User.email == email),
            )
            .order_by((ProvisionedUser.user_name_key == user_name_key).desc())
            .limit(1)
        )
        return await self._one(query, for_update=True)

    async def page(
        self, conditions: Iterable[Condition], *, offset: int, limit: int
    ) -> tuple[Sequence[Known], int]:
        """A page of those who meet all `conditions`, oldest first, and how many do in all."""
        wanted = [STAFF_IN_SIGHT, *(_meets(condition) for condition in conditions)]
        counted = (
            sa.select(sa.func.count())
            .select_from(User)
            .outerjoin(ProvisionedUser, ProvisionedUser.user_id == User.id)
            .where(*wanted)
        )
        total = await self._session.scalar(counted) or 0
        rows = KNOWN_STAFF.where(*wanted).order_by(User.id).offset(offset).limit(limit)
        found = await self._session.execute(rows)
        return [(row[0], row[1]) for row in found], total

    async def is_taken(self, condition: Condition, *, but_by: UUID | None) -> bool:
        """Whether somebody else than the user `but_by` meets the condition."""
        query = KNOWN_STAFF.where(_STAFF, _meets(condition)).with_only_columns(User.id)
        if but_by is not None:
            query = query.where(User.id != but_by)
        return await self._session.scalar(query.limit(1)) is not None

    async def take_all_roles(self, user_id: UUID) -> None:
        """Leave the user without a role, everywhere and in parts."""
        await self._session.execute(sa.delete(UserRole).where(UserRole.user_id == user_id))

    async def _one(
        self, query: sa.Select[User, ProvisionedUser], *, for_update: bool
    ) -> Known | None:
        if for_update:
            query = query.with_for_update(of=User).execution_options(populate_existing=True)
        row = (await self._session.execute(query)).first()
        return None if row is None else (row[0], row[1])


def _meets(condition: Condition) -> sa.ColumnElement[bool]:
    value = condition.value
    text = str(value)
    match condition.attribute:
        case "userName":
            return _is_called(text.lower())
        case "externalId":
            return ProvisionedUser.external_id == text
        case "emails.value":
            return User.email == text.strip().lower()
        case "active":
            return User.is_active.is_(value is True)
        case _:
            return sa.cast(User.id, sa.Text()) == text.lower()


def _is_called(key: str) -> sa.ColumnElement[bool]:
    # Both places are looked up by their index; the join alone would read all of the staff.
    named = sa.select(ProvisionedUser.user_id).where(ProvisionedUser.user_name_key == key)
    addressed = sa.select(User.id).where(User.email == key, _STAFF)
    return sa.and_(
        User.id.in_(named.union_all(addressed)),
        sa.func.coalesce(ProvisionedUser.user_name_key, User.email) == key,
    )
