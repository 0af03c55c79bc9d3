"""Revenue is booked when a month is over."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.recognition.service import RecognitionService
from dotmac_billing.settings.service import settings_of
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.module import Job, JobContext


async def _recognise(context: JobContext) -> None:
    """Book the revenue of every month that is over in the tenant's zone, one month a transaction.

    Every day, so that what was billed late for such a month is not left until the next.
    """
    tenant_id = context.tenant_id
    assert tenant_id is not None  # it is enqueued for each tenant

    async def days(session: AsyncSession) -> list[date]:
        settings = await settings_of(session)
        today = clock_of(session).today(settings.time_zone)
        through = today.replace(day=1) - timedelta(days=1)
        return await RecognitionService(session).days(through)

    for day in await context.database.run(tenant_id, days):

        async def book(session: AsyncSession, day: date = day) -> None:
            await RecognitionService(session).book(day)

        await context.database.run(tenant_id, book)
        await context.extend_lease()


recognise_revenue = Job("billing.recognise_revenue", _recognise, schedule="40 2 * * *")
