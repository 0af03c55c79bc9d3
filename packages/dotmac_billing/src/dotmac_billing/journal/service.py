"""What can be done with the chart of accounts, and the journal as text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.journal.journal_text import JournalFormat, journal_head, journal_text
from dotmac_billing.journal.repository import JOURNAL_COLUMNS, ChartRepository, journal
from dotmac_billing.ledger.chart import AccountKind
from dotmac_billing.ledger.errors import AccountExistsError, AccountNotFoundError, ReportPeriodError
from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, new_id


async def chart_of_accounts(session: AsyncSession) -> list[dict[str, Any]]:
    """All accounts by code; those that every tenant has are opened when they are missing."""
    await LedgerRepository(session).accounts()
    return [dict(row) for row in await ChartRepository(session).chart()]


async def open_account(
    session: AsyncSession, code: str, name: str, kind: AccountKind, external_code: str | None
) -> dict[str, Any]:
    """Open an account of the tenant's own.

    Raises:
        AccountExistsError: there is one of that code.
    """
    await LedgerRepository(session).accounts()
    account_id = new_id()
    found = await ChartRepository(session).open(account_id, code, name, kind.value, external_code)
    if found is None:
        raise AccountExistsError(code)
    await record(
        session,
        action="ledger.open_account",
        target=("ledger_account", account_id),
        after=dict(found),
    )
    return dict(found)


async def map_account(
    session: AsyncSession, code: str, external_code: str | None
) -> dict[str, Any]:
    """Say what the tenant's accounting system calls an account; None: as we do.

    Raises:
        AccountNotFoundError: no such account.
    """
    await LedgerRepository(session).accounts()
    found = await ChartRepository(session).map(code, external_code)
    if found is None:
        raise AccountNotFoundError(code)
    await record(
        session,
        action="ledger.map_account",
        target=("ledger_account", code),
        after={"external_code": external_code},
    )
    return dict(found)


async def export_journal(
    database: Database, tenant_id: UUID, from_on: date, to_on: date, form: JournalFormat
) -> AsyncIterator[str]:
    """The postings of those days, both included, in the order of the days, as text in pieces.

    Raises:
        ReportPeriodError: the last day is before the first.
    """
    if to_on < from_on:
        raise ReportPeriodError(from_on, to_on)
    head = journal_head(JOURNAL_COLUMNS, form)
    async with database.read(tenant_id) as connection:
        async for rows in journal(connection, from_on, to_on):
            yield head + journal_text(JOURNAL_COLUMNS, rows, form)
            head = ""
    if head:
        yield head
