"""Maintenance schedules as stored, and how completing one moves its due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from unison.equipment.models import Equipment
from unison.maintenance.due_dates import Frequency, Rhythm
from unison.maintenance.errors import PmScheduleArchivedError
from unison.mapped_base import UnisonBase


class PmSchedule(TenantOwned, UnisonBase):
    """Preventive maintenance of a piece of equipment, again and again.

    `next_due_on` is the first due date after `done_until_on`, the day up to which everything is
    done; both move together.
    """

    __tablename__ = "pm_schedules"
    __table_args__ = (
        tenant_foreign_key("equipment_id", "unison.equipment"),
        tenant_unique("code"),
        tenant_index("equipment_id"),
        tenant_index("next_due_on"),
    )

    equipment_id: Mapped[UUID] = mapped_column(sa.Uuid())
    code: Mapped[str] = mapped_column(sa.Text())
    title: Mapped[str] = mapped_column(sa.Text())
    instructions: Mapped[str] = mapped_column(sa.Text())
    frequency: Mapped[Frequency] = mapped_column(enum_type(Frequency))
    interval: Mapped[int] = mapped_column(sa.Integer())
    anchor_on: Mapped[date] = mapped_column(sa.Date())
    done_until_on: Mapped[date] = mapped_column(sa.Date())
    next_due_on: Mapped[date] = mapped_column(sa.Date())
    last_completed_on: Mapped[date | None] = mapped_column(sa.Date())
    duration_minutes: Mapped[int] = mapped_column(sa.Integer())
    assignee_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    is_active: Mapped[bool] = mapped_column(sa.Boolean())
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def rhythm(self) -> Rhythm:
        """On which days it is due."""
        return Rhythm(self.anchor_on, self.frequency, self.interval)

    def count_anew(self) -> None:
        """Let the next due date follow from the rhythm and from what is done."""
        self.next_due_on = self.rhythm.first_after(self.done_until_on)

    def complete(self, on: date) -> date | None:
        """Work was done: move on, and say for which due date it was; None: for none.

        Work that is entered late moves nothing back.

        Raises:
            PmScheduleArchivedError: it is put away.
        """
        self.require_kept()
        answered_on = self.rhythm.answered_by(on, self.done_until_on)
        self.done_until_on = max(self.done_until_on, on, answered_on or on)
        self.last_completed_on = max(self.last_completed_on or on, on)
        self.count_anew()
        return answered_on

    def require_kept(self) -> None:
        """Refuse to go on with what is put away.

        Raises:
            PmScheduleArchivedError: it is.
        """
        if self.archived_at is not None:
            raise PmScheduleArchivedError(self.code)


@dataclass(frozen=True, slots=True)
class Planned:
    """A schedule with its equipment, on the day that it is in the tenant's zone."""

    schedule: PmSchedule
    equipment: Equipment
    on: date

    @property
    def is_in_force(self) -> bool:
        """Whether it can be due: what is inactive, archived, or on idle equipment rests."""
        is_kept = self.schedule.is_active and self.schedule.archived_at is None
        return is_kept and self.equipment.is_active

    @property
    def is_due(self) -> bool:
        """Whether its due date has come."""
        return self.is_in_force and self.schedule.next_due_on <= self.on

    @property
    def is_overdue(self) -> bool:
        """Whether its due date has passed; on the day itself it is not overdue yet."""
        return self.is_in_force and self.schedule.next_due_on < self.on

    @property
    def days_until_due(self) -> int:
        """How far ahead the due date lies; negative where it has passed."""
        return (self.schedule.next_due_on - self.on).days


class PmCompletion(TenantOwned, UnisonBase):
    """That planned maintenance was done; append-only.

    `due_on` is the due date that it was for, None if it was for none.
    """

    __tablename__ = "pm_completions"
    __table_args__ = (
        tenant_foreign_key("schedule_id", "unison.pm_schedules"),
        tenant_index("schedule_id", "completed_on"),
    )

    schedule_id: Mapped[UUID] = mapped_column(sa.Uuid())
    due_on: Mapped[date | None] = mapped_column(sa.Date())
    completed_on: Mapped[date] = mapped_column(sa.Date())
    duration_minutes: Mapped[int | None] = mapped_column(sa.Integer())
    notes: Mapped[str] = mapped_column(sa.Text())
    completed_by: Mapped[str] = mapped_column(sa.Text())
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class PmDueNotice(TenantOwned, UnisonBase):
    """That a due date was announced; its key lets that happen once."""

    __tablename__ = "pm_due_notices"
    __table_args__ = (
        tenant_foreign_key("schedule_id", "unison.pm_schedules"),
        tenant_unique("schedule_id", "due_on"),
    )

    schedule_id: Mapped[UUID] = mapped_column(sa.Uuid())
    due_on: Mapped[date] = mapped_column(sa.Date())
    announced_at: Mapped[datetime] = mapped_column(Instant)
