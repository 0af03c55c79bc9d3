"""What can be decided about an issued invoice besides crediting it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.corrections.errors import (
    InvoiceHasPaymentsError,
    InvoiceNotOpenError,
    WriteOffAmountInvalidError,
    WriteOffTooLargeError,
)
from dotmac_billing.corrections.events import (
    InvoiceOverdue,
    InvoiceRecovered,
    InvoiceSent,
    InvoiceUncollectible,
    InvoiceVoided,
    InvoiceWrittenOff,
)
from dotmac_billing.corrections.postings import tax_share, void_postings, write_off_postings
from dotmac_billing.corrections.rebilling import waiting_again
from dotmac_billing.corrections.repository import CorrectionRepository
from dotmac_billing.discounts.service import give_back_uses
from dotmac_billing.ledger.entries import Entry
from dotmac_billing.ledger.service import LedgerService
from dotmac_billing.pending.service import add_pending, release_pending
from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_billing.receivables.owed import HeldInvoice
from dotmac_billing.receivables.repository import ReceivablesRepository
from dotmac_billing.receivables.states import InvoiceStatus
from dotmac_billing.recognition.service import RecognitionService
from dotmac_billing.usage.service import rate_again
from dotmac_billing.wallets.service import drawn_by, give_back_spent
from dotmac_core_events import EventPublisher
from dotmac_core_ops.approvals import Deed, require_approval
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.money import round_money

VOID_SOURCE = "invoice_void"
"""What entries that take back an invoice have as their source type; the source is the invoice."""

WRITE_OFF_SOURCE = "write_off"
"""What entries of debts given up, and taken up again, have as their source type."""

OVERDUE_BATCH = 1000


class CorrectionService:
    """Decisions about the invoices of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clock = clock_of(session)
        self._corrections = CorrectionRepository(session)
        self._receivables = ReceivablesRepository(session)

    async def void(self, invoice_id: UUID, reason: str, *, rebill: bool = False) -> None:
        """Make an invoice void: nothing is owed on it, its entry is taken back, its number stays.

        What it used up is there again: credit in the wallets it was drawn from, uses of coupons,
        lines that had waited for it, and usage, which the next invoice rates again. With `rebill`
        all its other lines wait for the next invoice of their subscriptions, too.

        Raises:
            InvoiceNotFoundError: no such invoice.
            InvoiceNotOpenError: it is void already.
            InvoiceHasPaymentsError: something was paid (other than from wallets), credited, taken
                back by a later invoice, or given up on it.
        """
        invoice = await self._held(invoice_id)
        if invoice.status is InvoiceStatus.VOID:
            raise InvoiceNotOpenError(invoice.number, invoice.status.value)
        await self._require_untouched(invoice)
        today = self._today(invoice)
        await self._corrections.void(invoice.id, today)
        await self._reverse(invoice, today)
        await give_back_spent(self._session, invoice.id, today)
        await give_back_uses(self._session, invoice.id)
        await self._wait_again(invoice, today, rebill=rebill)
        await EventPublisher(self._session).publish(
            InvoiceVoided(
                invoice_id=invoice.id,
                number=invoice.number,
                customer_id=invoice.customer_id,
                subscription_id=invoice.subscription_id,
                currency=invoice.currency,
                total=invoice.total,
                voided_on=today,
                rebilled=rebill,
            )
        )
        await self._remember(
            "invoices.void", invoice, {"reason": reason, "total": invoice.total, "rebill": rebill}
        )

    async def write_off(
        self,
        invoice_id: UUID,
        reason: str,
        *,
        amount: Decimal | None = None,
        reclaim_tax: bool = False,
        approval_id: UUID | None = None,
    ) -> Decimal:
        """Give up what is due on an invoice, or `amount` of it; what is due then.

        With `reclaim_tax` the tax in it is not owed to the state any more (bad debt relief).

        Raises:
            InvoiceNotFoundError: no such invoice.
            InvoiceNotOpenError: nothing is due on it.
            WriteOffTooLargeError: more than is due.
            WriteOffAmountInvalidError: nothing or less, or a fraction of a minor unit.
            ApprovalRequiredError: a second person must agree, and `approval_id` is not theirs.
        """
        invoice = await self._held(invoice_id)
        if not invoice.amount_due:
            raise InvoiceNotOpenError(invoice.number, invoice.status.value)
        wanted = invoice.amount_due if amount is None else amount
        _require_amount(wanted, invoice.currency, invoice.amount_due)
        deed = Deed("write_off", ("invoice", invoice.id), wanted, invoice.currency)
        await require_approval(self._session, deed, approval_id)
        tax = Decimal(0)
        if reclaim_tax:
            tax = tax_share(wanted, invoice.total, invoice.tax, invoice.currency)
        due, on = await self._give_up(invoice, wanted, tax, reason)
        await EventPublisher(self._session).publish(
            InvoiceWrittenOff(
                invoice_id=invoice.id,
                number=invoice.number,
                customer_id=invoice.customer_id,
                currency=invoice.currency,
                amount=wanted,
                amount_due=due,
                occurred_on=on,
            )
        )
        await self._remember("invoices.write_off", invoice, {"amount": wanted, "reason": reason})
        return due

    async def recover(
        self, invoice_id: UUID, reason: str, amount: Decimal | None = None
    ) -> Decimal:
        """Take up again what was given up on an invoice, or `amount` of it; what is due then.

        The tax that was taken back with it is owed again in proportion. A payment of it is then
        recorded as any other.

        Raises:
            InvoiceNotFoundError: no such invoice.
            InvoiceNotOpenError: nothing was given up on it.
            WriteOffTooLargeError: more than was given up.
            WriteOffAmountInvalidError: nothing or less, or a fraction of a minor unit.
        """
        invoice = await self._held(invoice_id)
        given_up = invoice.amount_written_off
        if not given_up:
            raise InvoiceNotOpenError(invoice.number, invoice.status.value)
        wanted = given_up if amount is None else amount
        _require_amount(wanted, invoice.currency, given_up)
        tax_back = await self._corrections.tax_given_up(invoice.id)
        tax = tax_share(wanted, given_up, tax_back, invoice.currency)
        due, on = await self._give_up(invoice, -wanted, -tax, reason)
        await EventPublisher(self._session).publish(
            InvoiceRecovered(
                invoice_id=invoice.id,
                number=invoice.number,
                customer_id=invoice.customer_id,
                currency=invoice.currency,
                amount=wanted,
                amount_due=due,
                occurred_on=on,
            )
        )
        await self._remember("invoices.recover", invoice, {"amount": wanted, "reason": reason})
        return due

    async def mark_uncollectible(self, invoice_id: UUID, reason: str) -> None:
        """Say that nobody expects the money any more; it is still owed and can be paid.

        Raises:
            InvoiceNotFoundError: no such invoice.
            InvoiceNotOpenError: nothing is due on it, or it is marked so already.
        """
        invoice = await self._held(invoice_id)
        if not invoice.amount_due or invoice.status is InvoiceStatus.UNCOLLECTIBLE:
            raise InvoiceNotOpenError(invoice.number, invoice.status.value)
        await self._corrections.set_status(invoice.id, InvoiceStatus.UNCOLLECTIBLE.value)
        await EventPublisher(self._session).publish(
            InvoiceUncollectible(
                invoice_id=invoice.id,
                number=invoice.number,
                customer_id=invoice.customer_id,
                currency=invoice.currency,
                amount_due=invoice.amount_due,
            )
        )
        await self._remember("invoices.mark_uncollectible", invoice, {"reason": reason})

    async def send(self, invoice_id: UUID, to: str | None = None) -> None:
        """Have an invoice sent to `to`, else to the customer's address; again if it was already.

        Raises:
            InvoiceNotFoundError: no such invoice.
            InvoiceNotOpenError: it is void.
        """
        invoice = await self._held(invoice_id)
        if invoice.status is InvoiceStatus.VOID:
            raise InvoiceNotOpenError(invoice.number, invoice.status.value)
        to = to or await self._corrections.email(invoice.customer_id)
        await self._corrections.sent(invoice.id, self._clock.now())
        await EventPublisher(self._session).publish(
            InvoiceSent(
                invoice_id=invoice.id,
                number=invoice.number,
                customer_id=invoice.customer_id,
                to=to,
                again=invoice.sent_at is not None,
            )
        )
        await self._remember("invoices.send", invoice, {"to": to})

    async def announce_overdue(self, limit: int = OVERDUE_BATCH) -> int:
        """Announce invoices that became overdue, each once; how many, at most `limit`.

        An invoice is overdue on the day after its last day to pay, in its customer's zone.
        """
        found = await self._corrections.newly_overdue(self._clock.now(), limit)
        if found:
            await self._corrections.told([row["id"] for row in found], self._clock.today())
            events = [
                InvoiceOverdue(invoice_id=row["id"], **dict(list(row.items())[1:])) for row in found
            ]
            await EventPublisher(self._session).publish_many(events)
        return len(found)

    async def _require_untouched(self, invoice: HeldInvoice) -> None:
        paid = invoice.amount_paid
        if paid:
            paid -= await drawn_by(self._session, invoice.id)
        is_settled = paid or invoice.amount_credited or invoice.amount_written_off
        if is_settled or await self._corrections.is_taken_back(invoice.id):
            raise InvoiceHasPaymentsError(invoice.number)

    async def _wait_again(self, invoice: HeldInvoice, today: date, *, rebill: bool) -> None:
        """What had waited for the invoice does so again, and what else there is to bill of it."""
        waiting = await release_pending(self._session, invoice.id, only_known=rebill)
        if not rebill:
            await rate_again(self._session, await self._corrections.used(invoice.id, waiting))
            return
        lines = await self._corrections.lines(invoice.id)
        again = waiting_again(
            (line for line in lines if line["position"] not in waiting),
            customer_id=invoice.customer_id,
            currency=invoice.currency,
            on=today,
        )
        await add_pending(self._session, again)

    async def _held(self, invoice_id: UUID) -> HeldInvoice:
        invoice = await self._receivables.hold(invoice_id)
        if invoice is None:
            raise InvoiceNotFoundError(invoice_id)
        return invoice

    def _today(self, invoice: HeldInvoice) -> date:
        return max(self._clock.today(invoice.time_zone), invoice.issued_on)

    async def _reverse(self, invoice: HeldInvoice, on: date) -> None:
        """An entry that takes back what the invoice booked, whatever that was."""
        entry_id, booked = await self._corrections.booked(invoice.id)
        if entry_id is None:
            return
        earned = await RecognitionService(self._session).void(invoice.id, on)
        await self._post(
            invoice,
            VOID_SOURCE,
            invoice.id,
            on,
            void_postings(booked, earned),
            reverses_id=entry_id,
        )

    async def _give_up(
        self, invoice: HeldInvoice, amount: Decimal, tax: Decimal, reason: str
    ) -> tuple[Decimal, date]:
        on = self._today(invoice)
        row_id, due = await self._corrections.write_off(
            invoice_id=invoice.id,
            amount=amount,
            tax=tax,
            on=on,
            reason=reason,
            now=self._clock.now(),
        )
        await self._post(invoice, WRITE_OFF_SOURCE, row_id, on, write_off_postings(amount, tax))
        return due, on

    async def _post(
        self,
        invoice: HeldInvoice,
        source_type: str,
        source_id: UUID,
        on: date,
        postings: Sequence[tuple[str, Decimal]],
        *,
        reverses_id: UUID | None = None,
    ) -> None:
        descriptions = {VOID_SOURCE: "Void invoice", WRITE_OFF_SOURCE: "Bad debt"}
        entry = Entry(
            on,
            source_type,
            source_id,
            invoice.currency,
            descriptions[source_type],
            invoice.customer_id,
            tuple(postings),
            reverses_id,
        )
        await LedgerService.within(self._session).post([entry])

    async def _remember(self, action: str, invoice: HeldInvoice, after: dict[str, Any]) -> None:
        await record(
            self._session,
            action=action,
            target=("invoice", invoice.id),
            before={"status": invoice.status.value, "amount_due": invoice.amount_due},
            after={"number": invoice.number, **after},
        )


def _require_amount(amount: Decimal, currency: str, most: Decimal) -> None:
    if not amount.is_finite() or amount <= 0 or amount != round_money(amount, currency):
        raise WriteOffAmountInvalidError(amount)
    if amount > most:
        raise WriteOffTooLargeError(amount, most)
