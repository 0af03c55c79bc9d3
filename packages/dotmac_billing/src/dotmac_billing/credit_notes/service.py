"""What can be done with credit notes: look at one to come, issue it, pay back what it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.credit_notes.asked import NewCreditNote, Remainder
from dotmac_billing.credit_notes.crediting import (
    Credited,
    credit_amount,
    credit_lines,
    credit_rest,
)
from dotmac_billing.credit_notes.errors import (
    CreditAmountInvalidError,
    CreditNoteDayError,
    CreditNoteNotFoundError,
    CreditTooLargeError,
    InvoiceNotCreditableError,
    NothingToCreditError,
    RefundNotOwedError,
)
from dotmac_billing.credit_notes.events import CreditNoteIssued, CreditNoteRefunded
from dotmac_billing.credit_notes.postings import credit_note_postings, refund_postings
from dotmac_billing.credit_notes.reasons import CreditReason
from dotmac_billing.credit_notes.repository import CreditNoteRepository, NoteRows, note_tables
from dotmac_billing.documents.errors import InvoiceNotCompliantError
from dotmac_billing.documents.service import DocumentService
from dotmac_billing.ledger.entries import Entry
from dotmac_billing.ledger.service import LedgerService
from dotmac_billing.payments.credit import NewCredit, PaymentKind, credit_rows
from dotmac_billing.payments.events import InvoicePaid
from dotmac_billing.payments.repository import allocation_table, credit_tables
from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_billing.receivables.owed import HeldInvoice
from dotmac_billing.receivables.repository import ReceivablesRepository
from dotmac_billing.receivables.states import InvoiceStatus
from dotmac_billing.recognition.service import RecognitionService
from dotmac_billing.settings.e_invoicing import EInvoicing
from dotmac_billing.settings.number_format import SeriesKind, numbering, series_for
from dotmac_billing.settings.service import settings_of
from dotmac_core_events import EventPublisher
from dotmac_core_ops.approvals import Deed, require_approval
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, copy_tables, new_id
from dotmac_core_ops.money import round_money

SOURCE = "credit_note"
"""What entries of credit notes have as their source type."""

REFUND_SOURCE = "credit_note_refund"
"""What entries of money paid back for a credit note have as their source type."""


@dataclass(frozen=True)
class CreditNotePlan:
    """What a credit note will do: the parts of its total, and the day it is issued on."""

    invoice: HeldInvoice
    credited: Credited
    issued_on: date
    settled: Decimal
    to_credit: Decimal
    to_refund: Decimal


async def issue_credit_note(session: AsyncSession, new: NewCreditNote) -> UUID:
    """Issue a credit note; its id. See `CreditNoteService.issue`."""
    return await CreditNoteService(session).issue(new)


class CreditNoteService:
    """Credit notes of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clock = clock_of(session)
        self._notes = CreditNoteRepository(session)
        self._receivables = ReceivablesRepository(session)

    async def get(self, credit_note_id: UUID) -> dict[str, Any]:
        """The credit note of that id with its lines and taxes.

        Raises:
            CreditNoteNotFoundError: there is none.
        """
        found = await self._notes.find(credit_note_id)
        if found is None:
            raise CreditNoteNotFoundError(credit_note_id)
        return found

    async def plan(self, new: NewCreditNote) -> CreditNotePlan:
        """What the credit note would do; nothing is written. The invoice is held.

        Raises:
            InvoiceNotFoundError: no such invoice.
            InvoiceNotCreditableError: the invoice is void.
            NothingToCreditError: nothing is left of it.
            CreditNoteDayError: a day before the invoice's, or one that has not come.
            CreditTooLargeError: more than the invoice, or a line of it, still holds.
            CreditAmountInvalidError, CreditedLineUnknownError: see `crediting.py`.
        """
        invoice = await self._receivables.hold(new.invoice_id)
        if invoice is None:
            raise InvoiceNotFoundError(new.invoice_id)
        if invoice.status is InvoiceStatus.VOID:
            raise InvoiceNotCreditableError(invoice.number)
        today = self._clock.today(invoice.time_zone)
        issued_on = new.issued_on or max(today, invoice.issued_on)
        if not invoice.issued_on <= issued_on <= max(today, invoice.issued_on):
            raise CreditNoteDayError(issued_on)
        credited = await self._credited(new, invoice)
        left = invoice.total - invoice.amount_credited - invoice.amount_written_off
        if credited.total <= 0:
            raise NothingToCreditError(invoice.number)
        if credited.total > left:
            raise CreditTooLargeError(credited.total, left)
        settled = min(credited.total, invoice.amount_due)
        rest = credited.total - settled
        refunds = new.remainder is Remainder.REFUND
        return CreditNotePlan(
            invoice,
            credited,
            issued_on,
            settled,
            to_credit=Decimal(0) if refunds else rest,
            to_refund=rest if refunds else Decimal(0),
        )

    async def issue(self, new: NewCreditNote) -> UUID:
        """Issue a credit note under the next number of its own series; its id.

        What is due on the invoice is settled first; the rest becomes credit of the customer, or is
        noted to be paid back.

        Raises:
            ApprovalRequiredError: a second person must agree, and `approval_id` is not theirs.
            InvoiceNotCompliantError: the tenant requires documents that conform, and it does not.
            InvoiceNotFoundError and the others: see `plan`.
        """
        plan = await self.plan(new)
        currency = plan.invoice.currency
        deed = Deed("credit_note", ("invoice", plan.invoice.id), plan.credited.total, currency)
        await require_approval(self._session, deed, new.approval_id)
        credit_note_id = new_id()
        async with self._session.begin_nested():  # what is refused leaves nothing behind
            await self._book(credit_note_id, plan)
            number = await self._write(credit_note_id, plan, new)
            await self._refuse_faulty(credit_note_id)
        await self._settle(credit_note_id, plan, number, new.reason)
        await record(
            self._session,
            action="credit_notes.issue",
            target=("credit_note", credit_note_id),
            after={
                "number": number,
                "invoice": plan.invoice.number,
                "total": plan.credited.total,
                "currency": plan.invoice.currency,
                "reason": new.reason.value,
            },
        )
        return credit_note_id

    async def pay_back(
        self,
        credit_note_id: UUID,
        amount: Decimal,
        paid_on: date,
        reference: str | None,
        *,
        approval_id: UUID | None = None,
    ) -> None:
        """Note that money was paid back to the customer for a credit note.

        Raises:
            CreditNoteNotFoundError: no such credit note.
            CreditAmountInvalidError: nothing or less, or a fraction of a minor unit.
            RefundNotOwedError: more than it leaves to be paid back.
            CreditNoteDayError: a day that has not come (UTC).
            ApprovalRequiredError: a second person must agree, and `approval_id` is not theirs.
        """
        refund = await self._refund(credit_note_id, amount, paid_on)
        currency = refund["currency"]
        deed = Deed("refund", ("credit_note", credit_note_id), amount, currency)
        await require_approval(self._session, deed, approval_id)
        await self._notes.refunded(credit_note_id, amount, paid_on, reference)
        customer_id = refund["customer_id"]
        entry = Entry(
            paid_on,
            REFUND_SOURCE,
            new_id(),
            currency,
            "Refund",
            customer_id,
            tuple(refund_postings(amount)),
        )
        await LedgerService.within(self._session).post([entry])
        await EventPublisher(self._session).publish(
            CreditNoteRefunded(
                credit_note_id=credit_note_id,
                customer_id=customer_id,
                currency=currency,
                amount=amount,
                paid_on=paid_on,
            )
        )
        await record(
            self._session,
            action="credit_notes.pay_back",
            target=("credit_note", credit_note_id),
            after={"amount": amount, "paid_on": paid_on, "reference": reference},
        )

    async def _refund(self, credit_note_id: UUID, amount: Decimal, paid_on: date) -> asyncpg.Record:
        """What is to be paid back, held, if `amount` of it can be paid on that day."""
        await self.get(credit_note_id)
        refund = await self._notes.refund(credit_note_id)
        left = Decimal(0) if refund is None else refund["amount"] - refund["paid"]
        if refund is None or amount > left:
            raise RefundNotOwedError(amount, left)
        currency = refund["currency"]
        if amount <= 0 or amount != round_money(amount, currency):
            raise CreditAmountInvalidError(amount)
        if paid_on > self._clock.today():
            raise CreditNoteDayError(paid_on)
        return refund

    async def _credited(self, new: NewCreditNote, invoice: HeldInvoice) -> Credited:
        lines, taxes = await self._notes.held(invoice.id, invoice.customer_id)
        if new.lines:
            if new.amount is not None:
                raise CreditAmountInvalidError(new.amount)
            return credit_lines(new.lines, lines, taxes, invoice.currency)
        if new.amount is not None:
            return credit_amount(new.amount, lines, taxes, invoice.currency)
        return credit_rest(lines, taxes, invoice.currency)

    async def _book(self, credit_note_id: UUID, plan: CreditNotePlan) -> None:
        net, tax = plan.credited.net, plan.credited.tax
        deferred = await RecognitionService(self._session).take_back(
            credit_note_id, plan.issued_on, {one.line.id: one.net for one in plan.credited.lines}
        )
        entry = Entry(
            plan.issued_on,
            SOURCE,
            credit_note_id,
            plan.invoice.currency,
            "Credit note",
            plan.invoice.customer_id,
            tuple(credit_note_postings(net, tax, plan.to_refund, deferred)),
        )
        await LedgerService.within(self._session).post([entry])

    async def _write(self, credit_note_id: UUID, plan: CreditNotePlan, new: NewCreditNote) -> str:
        """The note itself, under the number that is drawn for it."""
        settings = await settings_of(self._session)
        kind = SeriesKind.CREDIT_NOTE
        series = series_for(kind, plan.issued_on, settings.numbers_reset)
        sequence = await self._receivables.draw(series, 1)
        number = numbering(settings.credit_note_number_format)(sequence, plan.issued_on)
        rows = _rows(credit_note_id, plan, new, (number, series, sequence))
        created_at = self._clock.now()
        rows = rows._replace(notes=[(*note, created_at) for note in rows.notes])
        await copy_tables(self._session, note_tables(rows))
        return number

    async def _refuse_faulty(self, credit_note_id: UUID) -> None:
        """Look at the very document that it makes; a number is not used up by a refusal."""
        if (await settings_of(self._session)).einvoicing is not EInvoicing.REQUIRE:
            return
        findings = await DocumentService(self._session).credit_note_findings(credit_note_id)
        if findings:
            raise InvoiceNotCompliantError(findings)

    async def _settle(
        self, credit_note_id: UUID, plan: CreditNotePlan, number: str, reason: CreditReason
    ) -> None:
        """Have it pay the invoice, and leave the rest as credit; announce what happened."""
        invoice, credited = plan.invoice, plan.credited
        amount = plan.settled + plan.to_credit
        if amount:
            credit = NewCredit(
                credit_note_id,
                invoice.customer_id,
                invoice.currency,
                amount,
                plan.issued_on,
                PaymentKind.CREDIT_NOTE,
                credit_note_id,
                number,
                plan.settled,
            )
            tables = credit_tables(credit_rows([credit], self._clock.now()))
            if plan.settled:
                part = (new_id(), credit_note_id, invoice.id, plan.settled, plan.issued_on)
                tables.append(allocation_table([part]))
            await copy_tables(self._session, tables)
        await self._notes.add_credited(invoice.id, credited.total)
        publisher = EventPublisher(self._session)
        if plan.settled:
            [balance] = await self._receivables.pay([(invoice.id, plan.settled, plan.issued_on)])
            if not balance["amount_due"]:
                await publisher.publish(
                    InvoicePaid(
                        invoice_id=invoice.id,
                        customer_id=invoice.customer_id,
                        number=balance["number"],
                        currency=balance["currency"],
                        total=balance["total"],
                        paid_on=plan.issued_on,
                        historical=invoice.historical,
                    )
                )
        await publisher.publish(_issued(credit_note_id, plan, number, reason))


def _rows(
    credit_note_id: UUID,
    plan: CreditNotePlan,
    new: NewCreditNote,
    numbered: tuple[str, str, int],
) -> NoteRows:
    invoice, credited = plan.invoice, plan.credited
    note = (
        *(credit_note_id, *numbered, invoice.id, invoice.customer_id, plan.issued_on),
        *(invoice.currency, credited.net, credited.tax, credited.total, new.reason.value),
        *(new.memo, plan.settled, plan.to_credit, plan.to_refund),
    )
    lines = [
        (
            *(new_id(), credit_note_id, position, one.line.id, one.line.description),
            *(one.quantity, one.unit_price, one.units, one.net),
            *(one.line.tax_code, one.line.tax_rate),
        )
        for position, one in enumerate(credited.lines, 1)
    ]
    taxes = [(new_id(), credit_note_id, *tax) for tax in credited.taxes]
    refunds = []
    if plan.to_refund:
        owner = (invoice.customer_id, invoice.currency)
        refunds.append((credit_note_id, *owner, plan.to_refund, Decimal(0)))
    return NoteRows([note], lines, taxes, refunds)


def _issued(
    credit_note_id: UUID, plan: CreditNotePlan, number: str, reason: CreditReason
) -> CreditNoteIssued:
    return CreditNoteIssued(
        credit_note_id=credit_note_id,
        number=number,
        invoice_id=plan.invoice.id,
        customer_id=plan.invoice.customer_id,
        currency=plan.invoice.currency,
        net=plan.credited.net,
        tax=plan.credited.tax,
        total=plan.credited.total,
        settled=plan.settled,
        credited=plan.to_credit,
        to_refund=plan.to_refund,
        reason=reason.value,
        issued_on=plan.issued_on,
    )
