"""What can be done with months of the books: earn their revenue, close them, open them again."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.closing import require_closable
from dotmac_billing.ledger.errors import (
    PeriodClosedError,
    PeriodNotClosedError,
    RecognitionInFutureError,
)
from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_billing.recognition.service import Recognised, recognise
from dotmac_billing.settings.service import SettingsService, settings_of
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of


async def recognise_through(session: AsyncSession, through: date) -> Recognised:
    """Book the revenue earned up to and including `through`, which has come.

    Raises:
        RecognitionInFutureError: it has not.
        PeriodClosedError: the books are closed up to that day.
    """
    settings = await settings_of(session)
    if through > clock_of(session).today(settings.time_zone):
        raise RecognitionInFutureError(through)
    if settings.books_closed_on is not None and through <= settings.books_closed_on:
        raise PeriodClosedError(through, settings.books_closed_on)
    done = await recognise(session, through)
    await record(
        session,
        action="ledger.recognise",
        target=("ledger", str(through)),
        after={"booked_on": done.booked_on, "amounts": done.amounts},
    )
    return done


async def close_books(session: AsyncSession, through: date) -> Recognised:
    """Close every month up to and including the one that ends on `through`.

    Its revenue is booked first. From then on no entry of those days is taken, and their sums are
    kept, so that reports need not add them up again.

    Raises:
        PeriodNotClosableError: not the last day of an open month that is over.
    """
    settings = await SettingsService(session).locked()
    closed_on = settings.books_closed_on
    require_closable(through, closed_on, clock_of(session).today(settings.time_zone))
    done = await recognise(session, through)
    await LedgerRepository(session).close(closed_on, through)
    await session.refresh(settings)
    await record(
        session,
        action="ledger.close",
        target=("ledger", str(through)),
        before={"books_closed_on": closed_on},
        after={"books_closed_on": through},
    )
    return done


async def reopen_books(session: AsyncSession, month: date) -> date | None:
    """Open the month of the day `month`, and all after it, again; the last day still closed.

    Raises:
        PeriodNotClosedError: it is open.
    """
    settings = await SettingsService(session).locked()
    closed_on = settings.books_closed_on
    first = month.replace(day=1)
    if closed_on is None or closed_on < first:
        raise PeriodNotClosedError(first)
    ledger = LedgerRepository(session)
    earliest = await ledger.first_kept()
    left = first - timedelta(days=1) if earliest is not None and earliest < first else None
    await ledger.reopen(first, left)
    await session.refresh(settings)
    await record(
        session,
        action="ledger.reopen",
        target=("ledger", str(first)),
        before={"books_closed_on": closed_on},
        after={"books_closed_on": left},
    )
    return left
