"""Every query about due dates that are announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import new_ids
from unison.equipment.models import Equipment
from unison.maintenance.models import PmDueNotice, PmSchedule
from unison.maintenance.repository import IN_FORCE, ON_EQUIPMENT


@dataclass(frozen=True, slots=True)
class DueSchedule:
    """A schedule whose due date has come."""

    schedule_id: UUID
    code: str
    title: str
    due_on: date
    assignee_id: UUID | None
    equipment_id: UUID
    equipment_code: str
    equipment_name: str


class DueNoticeRepository:
    """Due dates of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def note(self, today: date, now: datetime) -> list[DueSchedule]:
        """Note what is due by `today` as announced; that for which it is new.

        Two statements for any number of schedules.
        """
        noted = sa.exists().where(
            PmDueNotice.schedule_id == PmSchedule.id, PmDueNotice.due_on == PmSchedule.next_due_on
        )
        query = (
            sa.select(
                *(PmSchedule.id, PmSchedule.code, PmSchedule.title, PmSchedule.next_due_on),
                *(PmSchedule.assignee_id, Equipment.id, Equipment.code, Equipment.name),
            )
            .join(Equipment, ON_EQUIPMENT)
            .where(IN_FORCE, PmSchedule.next_due_on <= today, ~noted)
            .order_by(PmSchedule.next_due_on, PmSchedule.id)
        )
        due = [DueSchedule(*row) for row in await self._session.execute(query)]
        new = await self._keep(due, now)
        return [one for one in due if one.schedule_id in new]

    async def _keep(self, due: list[DueSchedule], now: datetime) -> set[UUID]:
        if not due:
            return set()
        rows = [
            {"id": id_, "schedule_id": one.schedule_id, "due_on": one.due_on, "announced_at": now}
            for id_, one in zip(new_ids(len(due)), due, strict=True)
        ]
        # Of two who find the same at one moment, the second waits here and then finds it noted.
        statement = insert(PmDueNotice).on_conflict_do_nothing()
        kept = await self._session.scalars(statement.returning(PmDueNotice.schedule_id), rows)
        return set(kept.all())
