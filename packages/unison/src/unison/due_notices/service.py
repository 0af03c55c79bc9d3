"""Announcing what is due."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Channel, EventPublisher, NewMessage, send_messages
from dotmac_core_ops.database import clock_of
from dotmac_identity import entitlements_of_tenant
from unison.due_notices.events import PmScheduleDue
from unison.due_notices.repository import DueNoticeRepository, DueSchedule
from unison.plant_days import plant_today
from unison.tier import NEEDED_TIER


class DueNoticeService:
    """Due dates of the session's tenant, each announced once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._notices = DueNoticeRepository(session)

    async def announce(self) -> int:
        """Announce what is due by today and was not announced; how many due dates.

        Who is to do the work is told in the application. A tenant whose plan does not contain
        maintenance is told nothing.
        """
        if not (await entitlements_of_tenant(self._session)).has_tier(NEEDED_TIER):
            return 0
        today = await plant_today(self._session)
        due = await self._notices.note(today, clock_of(self._session).now())
        await EventPublisher(self._session).publish_many([_fact(one) for one in due])
        await send_messages(
            self._session, [_reminder(one) for one in due if one.assignee_id is not None]
        )
        return len(due)


def _fact(due: DueSchedule) -> PmScheduleDue:
    return PmScheduleDue(
        schedule_id=due.schedule_id,
        code=due.code,
        title=due.title,
        equipment_id=due.equipment_id,
        due_on=due.due_on,
        assignee_id=due.assignee_id,
    )


def _reminder(due: DueSchedule) -> NewMessage:
    return NewMessage(
        channel=Channel.IN_APP,
        recipient=str(due.assignee_id),
        subject=f"Maintenance is due: {due.title}",
        text=f"{due.code} on {due.equipment_code} {due.equipment_name} is due on {due.due_on}.",
        topic="maintenance",
        about=("pm_schedule", due.schedule_id),
    )
