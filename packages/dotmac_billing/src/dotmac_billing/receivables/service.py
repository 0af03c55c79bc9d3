"""What others ask about receivables, and what can be done with the series of their numbers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.receivables.owed import OpenInvoice
from dotmac_billing.receivables.repository import ReceivablesRepository
from dotmac_billing.settings.errors import NumberLoweredError
from dotmac_billing.settings.number_format import SeriesKind, series_for
from dotmac_billing.settings.service import settings_of
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of


async def open_invoices(session: AsyncSession) -> list[OpenInvoice]:
    """The tenant's invoices that are not paid in full, oldest first."""
    rows = await ReceivablesRepository(session).all_open()
    return [OpenInvoice(*row) for row in rows]


async def customers_in_arrears(session: AsyncSession, customer_ids: Collection[UUID]) -> set[UUID]:
    """Those among the customers for whom something is owed on an invoice that is overdue.

    It is from the day after its last day to pay, in the zone of whoever is sent it, and it may be
    somebody else who pays for their subscriptions. What nobody expects to be paid any more is still
    owed; what was given up is not.
    """
    now = clock_of(session).now()
    return await ReceivablesRepository(session).in_arrears(customer_ids, now)


async def customers_on_invoices(session: AsyncSession, invoice_ids: Collection[UUID]) -> set[UUID]:
    """Whom these invoices concern: who is sent them, and for whose subscriptions they are."""
    return await ReceivablesRepository(session).concerned(invoice_ids)


async def raise_next_number(
    session: AsyncSession, kind: SeriesKind, wanted: int, year: int | None = None
) -> str:
    """Let the next document of `kind` have the number `wanted`, as when another system's numbers
    go on here; the series. The numbers in between are left out on purpose.

    `year` is that of the series when numbers begin anew each year; None means this year.

    Raises:
        NumberLoweredError: that number has been given, or a higher one.
    """
    settings = await settings_of(session)
    today = clock_of(session).today(settings.time_zone)
    day = today if year is None else date(year, 1, 1)
    series = series_for(kind, day, settings.numbers_reset)
    following = await ReceivablesRepository(session).raise_next(series, wanted)
    if following != wanted:
        raise NumberLoweredError(series, wanted, following)
    await record(
        session,
        action="number_series.raise",
        target=("number_series", series),
        after={"next_number": wanted},
    )
    return series
