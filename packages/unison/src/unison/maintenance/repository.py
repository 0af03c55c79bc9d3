"""Every query about maintenance schedules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from unison.equipment.models import Equipment
from unison.maintenance.errors import PmScheduleCodeTakenError, PmScheduleHasHistoryError
from unison.maintenance.models import PmCompletion, PmDueNotice, PmSchedule
from unison.maintenance.plan import WantedPmSchedules

Pair = tuple[PmSchedule, Equipment]
"""A schedule with the equipment that it is about."""

ON_EQUIPMENT = sa.and_(
    Equipment.tenant_id == PmSchedule.tenant_id, Equipment.id == PmSchedule.equipment_id
)
"""How a schedule finds its equipment."""

IN_FORCE = sa.and_(PmSchedule.is_active, PmSchedule.archived_at.is_(None), Equipment.is_active)
"""What can be due at all, as `Planned.is_in_force` says."""

# A plant has some hundred schedules, seldom thousands. A list reads all of the tenant's; 10,000
# take a tenth of a second, so no table of search terms is needed.
_SEARCHED = (
    *(PmSchedule.code, PmSchedule.title),
    *(Equipment.code, Equipment.name, Equipment.location),
)
_SORTED_BY: dict[str, sa.SQLColumnExpression[Any]] = {
    "next_due_on": PmSchedule.next_due_on,
    "code": PmSchedule.code,
    "title": PmSchedule.title,
    "equipment": Equipment.code,
    "duration_minutes": PmSchedule.duration_minutes,
    "last_completed_on": PmSchedule.last_completed_on,
    "created_at": PmSchedule.id,  # identifiers are made in order of creation
}


class PmScheduleRepository:
    """Maintenance schedules of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_id(self, schedule_id: UUID, *, for_update: bool = False) -> Pair | None:
        """The schedule with its equipment, if the tenant has it."""
        query = sa.select(PmSchedule, Equipment).join(Equipment, ON_EQUIPMENT)
        query = query.where(PmSchedule.id == schedule_id)
        if for_update:
            query = query.with_for_update(of=PmSchedule)
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def page(
        self,
        wanted: WantedPmSchedules,
        today: date,
        due_until_on: date | None,
        *,
        offset: int,
        limit: int,
    ) -> tuple[list[Pair], int]:
        """Some of the schedules that are wanted, and how many there are in all.

        With `due_until_on`, those in force that are due by then, that day included.
        """
        conditions = _conditions(wanted, today)
        if due_until_on is not None:
            conditions.append(sa.and_(IN_FORCE, PmSchedule.next_due_on <= due_until_on))
        column = _SORTED_BY[wanted.sort]
        order = column.desc() if wanted.descending else column.asc()
        query = sa.select(PmSchedule, Equipment).join(Equipment, ON_EQUIPMENT).where(*conditions)
        query = query.order_by(order.nulls_last(), PmSchedule.id).offset(offset).limit(limit)
        rows = (await self._session.execute(query)).all()
        count = sa.select(sa.func.count()).select_from(PmSchedule).join(Equipment, ON_EQUIPMENT)
        total = await self._session.scalar(count.where(*conditions))
        return [(row[0], row[1]) for row in rows], total or 0

    async def save(self, schedules: Sequence[PmSchedule]) -> None:
        """Write them now, to learn of a conflict.

        Raises:
            PmScheduleCodeTakenError: there is a schedule of one of these codes.
        """
        codes = [schedule.code for schedule in schedules]
        try:
            async with self._session.begin_nested():
                self._session.add_all(schedules)
        except IntegrityError as error:
            raise PmScheduleCodeTakenError(codes) from error

    async def remove(self, schedule: PmSchedule) -> None:
        """Forget a schedule that was never completed.

        Raises:
            PmScheduleHasHistoryError: it was.
        """
        code = schedule.code
        announced = sa.delete(PmDueNotice).where(PmDueNotice.schedule_id == schedule.id)
        try:
            async with self._session.begin_nested():
                await self._session.execute(announced)
                await self._session.delete(schedule)
        except IntegrityError as error:
            raise PmScheduleHasHistoryError(code) from error

    def add_completion(self, completion: PmCompletion) -> None:
        """Write it with the transaction."""
        self._session.add(completion)

    async def completions(
        self, schedule_id: UUID, *, offset: int, limit: int
    ) -> tuple[Sequence[PmCompletion], int]:
        """When a schedule was completed, latest first, and how often."""
        of_schedule = PmCompletion.schedule_id == schedule_id
        query = sa.select(PmCompletion).where(of_schedule)
        query = query.order_by(PmCompletion.completed_on.desc(), PmCompletion.id.desc())
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        count = sa.select(sa.func.count()).select_from(PmCompletion).where(of_schedule)
        return rows, await self._session.scalar(count) or 0


def _conditions(wanted: WantedPmSchedules, today: date) -> list[sa.ColumnElement[bool]]:
    is_archived = PmSchedule.archived_at.is_not(None)
    found: list[sa.ColumnElement[bool]] = [is_archived if wanted.is_archived else ~is_archived]
    for column, value in (
        (PmSchedule.equipment_id, wanted.equipment_id),
        (PmSchedule.assignee_id, wanted.assignee_id),
        (PmSchedule.frequency, wanted.frequency),
        (PmSchedule.is_active, wanted.is_active),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.is_overdue is not None:
        is_overdue = sa.and_(IN_FORCE, PmSchedule.next_due_on < today)
        found.append(is_overdue if wanted.is_overdue else ~is_overdue)
    words = (wanted.q or "").split()
    return [*found, *(_contains(word) for word in words)]


def _contains(word: str) -> sa.ColumnElement[bool]:
    return sa.or_(*(text.icontains(word, autoescape=True) for text in _SEARCHED))
