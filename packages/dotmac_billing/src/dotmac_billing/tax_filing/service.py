"""Telling tax services that invoices were issued or made void, and what was credited.

All of it may be said again: whoever fails in between says it once more, and nothing counts twice.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import aclosing
from decimal import Decimal
from itertools import groupby
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.protocols import TaxService
from dotmac_billing.remote_tax.answers import facts_of
from dotmac_billing.remote_tax.calculators import calculator
from dotmac_billing.remote_tax.repository import RemoteTaxRepository
from dotmac_billing.remote_tax.states import TaxDocumentStatus
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.tax.documents import TaxableDocument, TaxNotCalculated
from dotmac_billing.tax_filing.repository import TaxFilingRepository
from dotmac_billing.tax_filing.returned import Returned, ReturnedLine, return_of
from dotmac_core_ops.database import clock_of

_AT_ONCE = 8
_OPEN, _COMMITTED, _VOID = (
    TaxDocumentStatus.OPEN,
    TaxDocumentStatus.COMMITTED,
    TaxDocumentStatus.VOID,
)


async def commit_invoices(session: AsyncSession, invoice_ids: Collection[UUID]) -> None:
    """Let the tax on these invoices count, where a service worked it out.

    Raises:
        TaxServiceUnavailableError, TaxServiceRefusedError, TaxServiceNotConfiguredError: nothing
            is noted of any of them.
    """
    repository = RemoteTaxRepository(session)
    rows = await repository.with_status(invoice_ids, _OPEN)
    await _tell(((row["service"], row["id"]) for row in rows), lambda service: service.commit)
    await repository.settle([row["id"] for row in rows], _COMMITTED, clock_of(session).now())


async def void_invoices(session: AsyncSession, invoice_ids: Collection[UUID]) -> None:
    """Let the tax on these invoices count no more, where a service worked it out.

    Raises:
        TaxServiceUnavailableError and the others: see `commit_invoices`.
    """
    repository = RemoteTaxRepository(session)
    rows = await repository.with_status(invoice_ids, _OPEN, _COMMITTED)
    await _tell(((row["service"], row["id"]) for row in rows), lambda service: service.void)
    await repository.settle([row["id"] for row in rows], _VOID, clock_of(session).now())


async def report_credit_notes(session: AsyncSession, credit_note_ids: Collection[UUID]) -> None:
    """Let what was credited count as returned, where a service worked out the invoice's tax.

    Each credit note is a document of its own: the invoice's may have been filed long ago.

    Raises:
        TaxServiceUnavailableError and the others: see `commit_invoices`.
    """
    found = await TaxFilingRepository(session).unreported(credit_note_ids)
    if not found:
        return
    documents = {document.id: document for document in await _returned(session, found)}
    for name, rows in groupby(sorted(found, key=_service_of), key=_service_of):
        of_service = [documents[row["id"]] for row in rows]
        async with aclosing(calculator(TaxCalculatorName(name))) as service:
            for answer in await service.calculate(of_service):
                if isinstance(answer, TaxNotCalculated):
                    raise answer.refusal
    await _tell(((row["service"], row["id"]) for row in found), lambda service: service.commit)
    now = clock_of(session).now()
    await RemoteTaxRepository(session).add(
        (
            row["id"],
            row["invoice_id"],
            row["service"],
            _COMMITTED.value,
            json.dumps(facts_of(documents[row["id"]])),
            now,
            now,
        )
        for row in found
    )


def _service_of(row: asyncpg.Record) -> str:
    return str(row["service"])


async def _returned(
    session: AsyncSession, notes: Sequence[asyncpg.Record]
) -> list[TaxableDocument]:
    repository = TaxFilingRepository(session)
    ids = [note["id"] for note in notes]
    lines: dict[UUID, list[ReturnedLine]] = {}
    for row in await repository.lines(ids):
        note_id, *values = row
        lines.setdefault(note_id, []).append(ReturnedLine._make(values))
    taxes: dict[UUID, dict[tuple[str, Decimal], Decimal]] = {}
    for row in await repository.taxes(ids):
        taxes.setdefault(row["credit_note_id"], {})[row["treatment"], row["line_rate"]] = row["tax"]
    return [
        return_of(
            Returned(
                note["id"],
                note["currency"],
                note["issued_on"],
                note["facts"],
                lines.get(note["id"], []),
                taxes.get(note["id"], {}),
            )
        )
        for note in notes
    ]


async def _tell(
    documents: Iterable[tuple[str, UUID]],
    verb: Callable[[TaxService], Callable[[UUID], Awaitable[None]]],
) -> None:
    """Say it of each document to its service, of at most eight at a time."""
    for name, of_service in groupby(sorted(documents), key=lambda one: one[0]):
        async with aclosing(calculator(TaxCalculatorName(name))) as service:
            await _each(verb(service), [document_id for _, document_id in of_service])


async def _each(say: Callable[[UUID], Awaitable[None]], document_ids: Sequence[UUID]) -> None:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(document_id: UUID) -> None:
        async with places:
            await say(document_id)

    results = await asyncio.gather(*map(one, document_ids), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
