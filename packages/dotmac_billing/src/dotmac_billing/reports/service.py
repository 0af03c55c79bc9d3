"""Reports of the books that are asked for."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.errors import ReportPeriodError
from dotmac_billing.recognition.repository import RecognitionRepository
from dotmac_billing.recognition.service import RecognitionService
from dotmac_billing.reports.ageing import Ageing, ageings
from dotmac_billing.reports.deferred import DeferredRevenue, deferred_revenue
from dotmac_billing.reports.repository import ReportRepository
from dotmac_billing.settings.service import settings_of
from dotmac_core_ops.database import clock_of


async def books_today(session: AsyncSession) -> date:
    """The day it is where the tenant keeps its books."""
    return clock_of(session).today((await settings_of(session)).time_zone)


async def receivables_ageing(session: AsyncSession, as_of: date | None = None) -> list[Ageing]:
    """What customers owed at the end of `as_of` (today), by age; one report for each currency."""
    day = as_of or await books_today(session)
    return ageings(await ReportRepository(session).ageing(day))


async def deferred_report(
    session: AsyncSession, from_on: date | None = None, to_on: date | None = None
) -> list[DeferredRevenue]:
    """Deferred revenue of each month from that of `from_on` (January of the last year) to `to_on`
    (today), and what of it as it stands now is earned when; one for each currency.

    Raises:
        ReportPeriodError: the last day is before the first.
    """
    last = to_on or await books_today(session)
    first = (from_on or last.replace(month=1)).replace(day=1)
    if last < first:
        raise ReportPeriodError(first, last)
    rows = await RecognitionRepository(session).movements(last)
    return deferred_revenue(rows, await RecognitionService(session).waterfall(), first)
