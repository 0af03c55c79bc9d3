"""HTTP shapes of maintenance schedules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from unison.maintenance.due_dates import MOST_PERIODS, Frequency
from unison.maintenance.models import Planned
from unison.maintenance.plan import Done, NewPmSchedule

_EARLIEST, _LATEST = date(1970, 1, 1), date(2199, 12, 31)
_LONGEST_MINUTES = 60 * 24 * 30
_DUE_DATES_AHEAD = 5

Code = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$",
        description="Letters, digits and `._/-`; no two schedules have the same one.",
        examples=["PM-PRESS-OIL"],
    ),
]
Title = Annotated[str, Field(min_length=1, max_length=200, examples=["Change the hydraulic oil"])]
Instructions = Annotated[
    str, Field(max_length=20_000, examples=["Lock out the drive. Drain, 40 l ISO VG 46, filter."])
]
Interval = Annotated[
    int, Field(ge=1, le=MOST_PERIODS, description="Every so many days, weeks, … of `frequency`.")
]
AnchorOn = Annotated[
    date,
    Field(
        ge=_EARLIEST,
        le=_LATEST,
        description="All due dates are counted from this one, so that they never drift: from "
        "31 January, monthly, it is due on 28 February and on 31 March.",
        examples=["2026-01-31"],
    ),
]
Minutes = Annotated[int, Field(ge=1, le=_LONGEST_MINUTES, examples=[90])]
DoneOn = Annotated[date, Field(ge=_EARLIEST, le=_LATEST)]


class PmScheduleIn(RequestModel):
    """Maintenance to be planned."""

    code: Code
    title: Title
    equipment_id: UUID
    frequency: Frequency
    interval: Interval = 1
    anchor_on: AnchorOn
    duration_minutes: Minutes
    assignee_id: UUID | None = None
    instructions: Instructions = ""
    is_active: bool = True
    last_completed_on: DoneOn | None = Field(
        None,
        description="When it was done before it was planned here: it is due after that day. "
        "Without it, due dates before today are not caught up on.",
    )

    def schedule(self) -> NewPmSchedule:
        """The same for the service."""
        return NewPmSchedule(**dict(self))


class PmScheduleChangeIn(RequestModel):
    """What shall be different; what is left out stays. A schedule stays with its equipment."""

    code: Code = "-"
    title: Title = "-"
    frequency: Frequency = Frequency.MONTHLY
    interval: Interval = 1
    anchor_on: AnchorOn = _EARLIEST
    duration_minutes: Minutes = 1
    assignee_id: UUID | None = None
    instructions: Instructions = ""
    is_active: bool = True

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class PmCompletionIn(RequestModel):
    """That maintenance was done."""

    completed_on: DoneOn | None = Field(
        None, description="Today in your time zone, unless given.", examples=["2026-11-20"]
    )
    duration_minutes: Minutes | None = None
    notes: Annotated[str, Field(max_length=5000, examples=["Filter was worn, replaced."])] = ""

    def done(self) -> Done:
        """The same for the service."""
        return Done(**dict(self))


class PmEquipmentOut(ResponseModel):
    """The piece of equipment that a schedule is about."""

    id: UUID
    code: str
    name: str
    location: str
    is_active: bool


class EveryOut(ResponseModel):
    """How often, in parts for a sentence: `{"count": 2, "unit": "week"}` is every two weeks."""

    count: int = Field(examples=[2])
    unit: str = Field(
        description="day, week, month, quarter or year, in the singular.", examples=["week"]
    )


class PmScheduleSummaryOut(ResponseModel):
    """A schedule as lists show one, as it stands today in your time zone."""

    id: UUID
    code: str
    title: str
    equipment: PmEquipmentOut
    frequency: Frequency
    interval: int
    every: EveryOut
    anchor_on: date
    next_due_on: date
    days_until_due: int = Field(description="Negative where the day has passed.")
    is_due: bool = Field(description="The day has come.")
    is_overdue: bool = Field(description="The day has passed; on the day itself it is not yet.")
    duration_minutes: int
    assignee_id: UUID | None
    is_active: bool
    archived_at: datetime | None
    last_completed_on: date | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, planned: Planned) -> PmScheduleSummaryOut:
        """The same as lists show it."""
        return cls(**_summary(planned))


class PmScheduleOut(PmScheduleSummaryOut):
    """A schedule in full; `upcoming_on` are its next due dates if each is done on its day."""

    instructions: str
    upcoming_on: list[date] = Field(examples=[["2026-11-30", "2026-12-31"]])

    @classmethod
    def of(cls, planned: Planned) -> PmScheduleOut:
        """The same as it is shown by itself."""
        schedule = planned.schedule
        return cls(
            **_summary(planned),
            instructions=schedule.instructions,
            upcoming_on=schedule.rhythm.following(schedule.done_until_on, _DUE_DATES_AHEAD),
        )


class PmCompletionOut(ResponseModel):
    """That a schedule was completed; `due_on` is the due date it was for, null if for none."""

    id: UUID
    schedule_id: UUID
    due_on: date | None
    completed_on: date
    duration_minutes: int | None
    notes: str
    completed_by: str
    recorded_at: datetime


_AS_STORED = (
    *("id", "code", "title", "frequency", "interval", "anchor_on", "next_due_on", "version"),
    *("duration_minutes", "assignee_id", "is_active", "archived_at", "last_completed_on"),
    *("created_at", "updated_at"),
)


def _summary(planned: Planned) -> dict[str, Any]:
    schedule = planned.schedule
    return {
        **{name: getattr(schedule, name) for name in _AS_STORED},
        "equipment": PmEquipmentOut.model_validate(planned.equipment),
        "every": EveryOut(count=schedule.interval, unit=schedule.frequency.unit),
        "days_until_due": planned.days_until_due,
        "is_due": planned.is_due,
        "is_overdue": planned.is_overdue,
    }
