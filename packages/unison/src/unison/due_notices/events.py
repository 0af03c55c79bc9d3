"""What is announced about due dates."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class PmScheduleDue(Event):
    """The day has come on which maintenance is due; announced once for each due date."""

    name: ClassVar[str] = "unison.pm_schedule_due"

    schedule_id: UUID
    code: str
    title: str
    equipment_id: UUID
    due_on: date
    assignee_id: UUID | None = None
