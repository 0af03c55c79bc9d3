"""What is announced about maintenance."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class PmScheduleCreated(Event):
    """Maintenance was planned."""

    name: ClassVar[str] = "unison.pm_schedule_created"

    schedule_id: UUID
    code: str
    equipment_id: UUID
    next_due_on: date


class PmScheduleChanged(Event):
    """A plan is different; `changed` are the fields."""

    name: ClassVar[str] = "unison.pm_schedule_changed"

    schedule_id: UUID
    code: str
    equipment_id: UUID
    changed: list[str]
    next_due_on: date


class PmScheduleArchived(Event):
    """A plan was put away: nothing falls due from it."""

    name: ClassVar[str] = "unison.pm_schedule_archived"

    schedule_id: UUID
    code: str


class PmScheduleRestored(Event):
    """A plan that was put away holds again."""

    name: ClassVar[str] = "unison.pm_schedule_restored"

    schedule_id: UUID
    code: str
    next_due_on: date


class PmScheduleDeleted(Event):
    """A plan was deleted that nobody ever worked by."""

    name: ClassVar[str] = "unison.pm_schedule_deleted"

    schedule_id: UUID
    code: str


class PmCompleted(Event):
    """Planned maintenance was done. `due_on`: for which day; None: for none, it was extra."""

    name: ClassVar[str] = "unison.pm_completed"

    completion_id: UUID
    schedule_id: UUID
    equipment_id: UUID
    due_on: date | None
    completed_on: date
    next_due_on: date
