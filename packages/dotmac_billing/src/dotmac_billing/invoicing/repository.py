"""Writing issued invoices, with their numbers, into all the tables that they fill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.invoicing import rows
from dotmac_billing.invoicing.numbers import Number, numbers
from dotmac_billing.invoicing.terms import Issued, IssueTerms
from dotmac_billing.ledger.repository import ledger_tables
from dotmac_billing.payments.credit import credit_rows
from dotmac_billing.payments.repository import allocation_table, credit_tables
from dotmac_billing.receivables.repository import (
    ReceivablesRepository,
    invoice_tables,
    numbered_table,
)
from dotmac_billing.recognition.repository import schedule_table
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import AuditRow, Target, audit_table, record_many
from dotmac_core_ops.database import TableRows, copy_tables, insert_staged, stage_tables

_FEW = 100  # up to here a statement more costs more than the lock that it shortens

Note = Callable[[Issued], AuditRow]
"""What the audit log is told of invoices that were issued together."""


def noted(target: Target, total: Decimal, **more: object) -> Note:
    """That invoices over `total` were issued for `target`: how many, and from where to where."""
    return lambda issued: AuditRow(
        "invoices.issue",
        target,
        after={
            "invoices": issued.count,
            "first": issued.first,
            "last": issued.last,
            "total": total,
            **more,
        },
    )


class InvoiceWriter:
    """Draws numbers and writes. From the draw to the end of the transaction others wait."""

    def __init__(self, session: AsyncSession, terms: IssueTerms) -> None:
        self._session = session
        self._terms = terms
        self._publisher = EventPublisher(session)

    async def write(self, prepared: rows.Prepared, note: Note | None) -> Issued:
        """Write the invoices and announce them; `note` goes to the audit log."""
        series = [self._terms.numbers.series_of(draft) for draft in prepared.drafts]
        if len(series) > _FEW:
            return await self._write_many(prepared, series, note)
        return await self._write_few(prepared, series, note)

    async def _write_few(
        self, prepared: rows.Prepared, series: Sequence[str], note: Note | None
    ) -> Issued:
        """Everything in one statement, which is quicker than two with the lock held less."""
        books = self._books(prepared)
        drawn = await self._draw(prepared.drafts, series)
        found = rows.invoice_rows(prepared.drafts, drawn, prepared.made)
        issued = _issued(drawn)
        written = [
            *books,
            *_tables(prepared, found),
            *credit_tables(credit_rows(found.credits, prepared.made.created_at)),
            self._publisher.table(found.events),
        ]
        if note is not None:
            written.append(audit_table(self._session, [note(issued)]))
        await copy_tables(self._session, written)
        await self._publisher.react(found.events)
        return issued

    async def _write_many(
        self, prepared: rows.Prepared, series: Sequence[str], note: Note | None
    ) -> Issued:
        """All rows are at the server before numbers are drawn; only the numbers come late."""
        drafts, made = prepared.drafts, prepared.made
        await copy_tables(self._session, self._books(prepared))
        found = rows.invoice_rows(drafts, [Number(name, 0, "") for name in series], made)
        announced = self._publisher.table(found.events)
        staged = await stage_tables(self._session, [*_tables(prepared, found), announced])
        drawn = await self._draw(drafts, series)
        late = [
            numbered_table(rows.numbered(drafts, drawn)),
            self._publisher.late(announced, ({"number": number.text} for number in drawn)),
        ]
        await insert_staged(self._session, staged, late)
        issued = _issued(drawn)
        if found.credits:
            numbered = rows.numbered_credits(found.credits, drafts, drawn)
            await copy_tables(self._session, credit_tables(credit_rows(numbered, made.created_at)))
        if note is not None:
            await record_many(self._session, [note(issued)])
        await self._publisher.react(rows.numbered_events(found.events, drawn))
        return issued

    def _books(self, prepared: rows.Prepared) -> list[TableRows]:
        books = rows.ledger_rows(
            prepared.drafts, self._terms.accounts, prepared.made.created_at, prepared.deferred
        )
        return ledger_tables(books.entries, books.postings)

    async def _draw(self, drafts: Sequence[Draft], series: Sequence[str]) -> list[Number]:
        """The number of each draft. Series are drawn from in one order, against deadlocks."""
        receivables, counts = ReceivablesRepository(self._session), Counter(series)
        first = {name: await receivables.draw(name, counts[name]) for name in sorted(counts)}
        return numbers(drafts, series, first, self._terms.numbers)


def _issued(drawn: Sequence[Number]) -> Issued:
    return Issued(len(drawn), drawn[0].text, drawn[-1].text)


def _tables(prepared: rows.Prepared, found: rows.InvoiceRows) -> list[TableRows]:
    taxes = rows.tax_rows(prepared.drafts)
    return [
        *invoice_tables(found.invoices, found.balances, prepared.lines, taxes),
        schedule_table(prepared.schedules),
        allocation_table(found.allocations),
    ]
