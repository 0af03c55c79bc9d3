"""What can be done with maintenance schedules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher
from dotmac_core_ops.audit import AuditRow, record, record_many
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.principal import current_actor
from dotmac_identity import UserService
from unison.equipment.errors import EquipmentNotFoundError
from unison.equipment.repository import EquipmentRepository
from unison.maintenance.errors import (
    CompletedInFutureError,
    PmScheduleNotFoundError,
    TechnicianInactiveError,
)
from unison.maintenance.events import (
    PmCompleted,
    PmScheduleArchived,
    PmScheduleChanged,
    PmScheduleCreated,
    PmScheduleDeleted,
    PmScheduleRestored,
)
from unison.maintenance.models import Planned, PmCompletion, PmSchedule
from unison.maintenance.plan import Done, NewPmSchedule, WantedPmSchedules
from unison.maintenance.repository import PmScheduleRepository
from unison.plant_days import plant_today

_FACTS = (
    *("code", "title", "equipment_id", "instructions", "frequency", "interval", "anchor_on"),
    *("next_due_on", "duration_minutes", "assignee_id", "is_active"),
)
_RHYTHM = frozenset({"anchor_on", "frequency", "interval"})


class PmScheduleService:
    """Maintenance schedules of the session's tenant. Days are those of the tenant's time zone."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._schedules = PmScheduleRepository(session)

    async def plan(self, wanted: Sequence[NewPmSchedule]) -> list[PmSchedule]:
        """Plan maintenance, all or none, in their order. See `NewPmSchedule` for what is due first.

        Raises:
            EquipmentNotFoundError: one of them is about no equipment of the tenant.
            PmScheduleCodeTakenError: there is a schedule of one of these codes.
            UserNotFoundError, TechnicianInactiveError: nobody of that id could do it.
            CompletedInFutureError: one of them was completed after today.
        """
        await self._require_equipment({new.equipment_id for new in wanted})
        for user_id in sorted({new.assignee_id for new in wanted if new.assignee_id is not None}):
            await self._require_active(user_id)
        today = await plant_today(self._session)
        schedules = [self._planned(new, today) for new in wanted]
        await self._schedules.save(schedules)
        await EventPublisher(self._session).publish_many(
            [
                PmScheduleCreated(
                    schedule_id=one.id,
                    code=one.code,
                    equipment_id=one.equipment_id,
                    next_due_on=one.next_due_on,
                )
                for one in schedules
            ]
        )
        await record_many(
            self._session,
            [
                AuditRow("unison.pm_schedule_create", ("pm_schedule", one.id), after=_facts(one))
                for one in schedules
            ],
        )
        return schedules

    async def by_id(self, schedule_id: UUID, *, for_update: bool = False) -> Planned:
        """The schedule as it stands today.

        Raises:
            PmScheduleNotFoundError: there is none.
        """
        pair = await self._schedules.by_id(schedule_id, for_update=for_update)
        if pair is None:
            raise PmScheduleNotFoundError(schedule_id)
        return Planned(*pair, await plant_today(self._session))

    async def page(
        self,
        wanted: WantedPmSchedules,
        *,
        due_within_days: int | None = None,
        offset: int,
        limit: int,
    ) -> tuple[list[Planned], int]:
        """Some of the schedules as they stand today, and how many there are in all.

        With `due_within_days`, those due until that many days from today, what is overdue included.
        """
        today = await plant_today(self._session)
        until_on = None if due_within_days is None else today + timedelta(days=due_within_days)
        pairs, total = await self._schedules.page(
            wanted, today, until_on, offset=offset, limit=limit
        )
        return [Planned(*pair, today) for pair in pairs], total

    async def change(
        self, schedule_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> Planned:
        """Change what is given. `check` is called with the present version and may refuse.

        Another rhythm is due on its first day after that up to which everything is done: what was
        overdue does not stop being so.

        Raises:
            PmScheduleNotFoundError: there is none.
            PmScheduleArchivedError: it is put away.
            PmScheduleCodeTakenError: another schedule has the code.
            UserNotFoundError, TechnicianInactiveError: nobody of that id could do it.
        """
        planned = await self.by_id(schedule_id, for_update=True)
        schedule = planned.schedule
        check(schedule.version)
        schedule.require_kept()
        if (user_id := changes.get("assignee_id")) is not None:
            await self._require_active(user_id)
        before = _facts(schedule)
        for field, value in changes.items():
            setattr(schedule, field, value)
        if changes.keys() & _RHYTHM:
            schedule.count_anew()
        after = _facts(schedule)
        changed = sorted(field for field in after if after[field] != before[field])
        if changed:
            self._touch(schedule)
            await self._schedules.save([schedule])
            await self._tell(
                PmScheduleChanged(
                    schedule_id=schedule.id,
                    code=schedule.code,
                    equipment_id=schedule.equipment_id,
                    changed=changed,
                    next_due_on=schedule.next_due_on,
                ),
                "change",
                schedule,
                before=before,
                after=after,
            )
        return planned

    async def complete(self, schedule_id: UUID, done: Done) -> Planned:
        """Put on record that the work was done, and move to the first due date after it.

        Raises:
            PmScheduleNotFoundError: there is none.
            PmScheduleArchivedError: it is put away.
            CompletedInFutureError: the day has not come.
        """
        planned = await self.by_id(schedule_id, for_update=True)
        schedule = planned.schedule
        on = done.completed_on or planned.on
        _require_past(on, planned.on)
        due_on = schedule.complete(on)
        self._touch(schedule)
        completion = PmCompletion(
            id=new_id(),
            schedule_id=schedule.id,
            due_on=due_on,
            completed_on=on,
            duration_minutes=done.duration_minutes,
            notes=done.notes,
            completed_by=current_actor().name,
            recorded_at=clock_of(self._session).now(),
        )
        self._schedules.add_completion(completion)
        await self._tell(
            PmCompleted(
                completion_id=completion.id,
                schedule_id=schedule.id,
                equipment_id=schedule.equipment_id,
                due_on=due_on,
                completed_on=on,
                next_due_on=schedule.next_due_on,
            ),
            "complete",
            schedule,
            after={"completed_on": on, "due_on": due_on, "next_due_on": schedule.next_due_on},
        )
        return planned

    async def archive(self, schedule_id: UUID) -> Planned:
        """Put a schedule away, with its history: it is not due, and lists leave it out.

        Raises:
            PmScheduleNotFoundError: there is none.
            PmScheduleArchivedError: it is put away.
        """
        planned = await self.by_id(schedule_id, for_update=True)
        schedule = planned.schedule
        schedule.require_kept()
        schedule.archived_at = clock_of(self._session).now()
        self._touch(schedule)
        fact = PmScheduleArchived(schedule_id=schedule.id, code=schedule.code)
        await self._tell(fact, "archive", schedule)
        return planned

    async def restore(self, schedule_id: UUID) -> Planned:
        """Bring back what was put away, as it was; nothing happens to what is not put away.

        Raises:
            PmScheduleNotFoundError: there is none.
        """
        planned = await self.by_id(schedule_id, for_update=True)
        schedule = planned.schedule
        if schedule.archived_at is not None:
            schedule.archived_at = None
            self._touch(schedule)
            fact = PmScheduleRestored(
                schedule_id=schedule.id, code=schedule.code, next_due_on=schedule.next_due_on
            )
            await self._tell(fact, "restore", schedule)
        return planned

    async def remove(self, schedule_id: UUID) -> None:
        """Delete a schedule by which nobody ever worked.

        Raises:
            PmScheduleNotFoundError: there is none.
            PmScheduleHasHistoryError: it was completed before.
        """
        schedule = (await self.by_id(schedule_id, for_update=True)).schedule
        before = _facts(schedule)
        await self._schedules.remove(schedule)
        fact = PmScheduleDeleted(schedule_id=schedule.id, code=schedule.code)
        await self._tell(fact, "delete", schedule, before=before)

    def _planned(self, new: NewPmSchedule, today: date) -> PmSchedule:
        if new.last_completed_on is not None:
            _require_past(new.last_completed_on, today)
        now = clock_of(self._session).now()
        done_until_on = new.last_completed_on or today - timedelta(days=1)
        return PmSchedule(
            id=new_id(),
            equipment_id=new.equipment_id,
            code=new.code,
            title=new.title,
            instructions=new.instructions,
            frequency=new.frequency,
            interval=new.interval,
            anchor_on=new.anchor_on,
            done_until_on=done_until_on,
            next_due_on=new.rhythm.first_after(done_until_on),
            last_completed_on=new.last_completed_on,
            duration_minutes=new.duration_minutes,
            assignee_id=new.assignee_id,
            is_active=new.is_active,
            archived_at=None,
            version=1,
            created_at=now,
            updated_at=now,
        )

    def _touch(self, schedule: PmSchedule) -> None:
        schedule.version += 1
        schedule.updated_at = clock_of(self._session).now()

    async def _require_equipment(self, equipment_ids: set[UUID]) -> None:
        known = await EquipmentRepository(self._session).known(equipment_ids)
        if missing := sorted(equipment_ids - known):
            raise EquipmentNotFoundError(missing[0])

    async def _require_active(self, user_id: UUID) -> None:
        if not (await UserService.within(self._session).by_id(user_id)).is_active:
            raise TechnicianInactiveError(user_id)

    async def _tell(
        self,
        fact: Event,
        action: str,
        schedule: PmSchedule,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        await EventPublisher(self._session).publish(fact)
        await record(
            self._session,
            action=f"unison.pm_schedule_{action}",
            target=("pm_schedule", schedule.id),
            before=before,
            after=after,
        )


async def plan_maintenance(
    session: AsyncSession, wanted: Sequence[NewPmSchedule]
) -> dict[str, UUID]:
    """Plan maintenance, all or none; the schedules' identifiers by code. As `plan` otherwise."""
    return {one.code: one.id for one in await PmScheduleService(session).plan(wanted)}


async def complete_maintenance(session: AsyncSession, schedule_id: UUID, done: Done) -> date:
    """Put on record that maintenance was done; when it is due next. As `complete` otherwise."""
    return (await PmScheduleService(session).complete(schedule_id, done)).schedule.next_due_on


def _require_past(completed_on: date, today: date) -> None:
    if completed_on > today:
        raise CompletedInFutureError(completed_on, today)


def _facts(schedule: PmSchedule) -> dict[str, object]:
    return {field: getattr(schedule, field) for field in _FACTS}
