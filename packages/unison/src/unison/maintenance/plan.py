"""Maintenance as it is planned, as it is reported, and as lists are narrowed down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from unison.maintenance.due_dates import Frequency, Rhythm

SORTS = (
    *("next_due_on", "code", "title", "equipment", "duration_minutes"),
    *("last_completed_on", "created_at"),
)
"""What a list can be sorted by; `equipment` is its code."""


@dataclass(frozen=True, slots=True)
class NewPmSchedule:
    """Maintenance to be planned: first due on the anchor, as long as that has not passed.

    `last_completed_on` is when it was done before it was planned here; it is due after that day.
    Without one, what lay before today is not caught up on.
    """

    code: str
    title: str
    equipment_id: UUID
    frequency: Frequency
    anchor_on: date
    duration_minutes: int
    interval: int = 1
    assignee_id: UUID | None = None
    instructions: str = ""
    is_active: bool = True
    last_completed_on: date | None = None

    @property
    def rhythm(self) -> Rhythm:
        """On which days it is due."""
        return Rhythm(self.anchor_on, self.frequency, self.interval)


@dataclass(frozen=True, slots=True)
class Done:
    """That maintenance was done: on which day, how long it took, and what there is to tell."""

    completed_on: date | None = None
    duration_minutes: int | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class WantedPmSchedules:
    """What a list is narrowed to; None stands for all. Archived ones are listed by themselves.

    Each word of `q` must be found in the code, the title, or the equipment's code, name, location.
    """

    q: str | None = None
    equipment_id: UUID | None = None
    assignee_id: UUID | None = None
    frequency: Frequency | None = None
    is_active: bool | None = None
    is_archived: bool = False
    is_overdue: bool | None = None
    sort: str = "next_due_on"
    descending: bool = False
