"""What can be done with money received: record it, one payment or many on the same terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.chart import RECEIVABLE
from dotmac_billing.ledger.closing import require_open
from dotmac_billing.ledger.repository import LedgerRepository, ledger_tables
from dotmac_billing.payments.allocation import Debt, pay_as_told, pay_oldest_first
from dotmac_billing.payments.errors import PayerUnknownError, PaymentNotFoundError
from dotmac_billing.payments.events import InvoicePaid, PaymentReceived
from dotmac_billing.payments.postings import payment_postings
from dotmac_billing.payments.received import NewPayment, PaymentsRecorded, require_sound
from dotmac_billing.payments.repository import PaymentReader, PaymentRepository
from dotmac_billing.receivables.repository import ReceivablesRepository
from dotmac_core_events import Event, EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id

SOURCE = "payment"
"""What entries of payments have as their source type."""


async def record_payments(
    session: AsyncSession, payments: Iterable[NewPayment], *, historical: bool = False
) -> PaymentsRecorded:
    """Record every payment whose external id billing does not know yet; the others are counted.

    They are allocated in the order of the days they were received. The number of statements does
    not depend on the number of payments. `historical`: brought in from elsewhere, nobody is told.

    Raises:
        PayerUnknownError: a payment names a customer that does not exist.
        PaymentNotPositiveError, PaymentInFutureError, InvalidCurrencyError: see `received.py`.
        PeriodClosedError: one was received on a day up to which the books are closed.
        InvoiceNotPayableError, AllocationTooLargeError: see `allocation.py`.
    """
    return await PaymentService(session).record_many(list(payments), historical=historical)


@dataclass(slots=True)
class _Rows:
    """What is written for a number of payments."""

    payments: list[tuple[Any, ...]] = field(default_factory=list)
    balances: list[tuple[Any, ...]] = field(default_factory=list)
    allocations: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    postings: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    paid: dict[UUID, tuple[Decimal, date]] = field(default_factory=dict)

    def add(
        self,
        payment_id: UUID,
        payment: NewPayment,
        currency: str,
        unapplied: Decimal,
        now: datetime,
        *,
        historical: bool,
    ) -> None:
        """The payment itself, what is left of it, and the fact."""
        customer_id, amount, on = payment.customer_id, payment.amount, payment.received_on
        self.payments.append(
            (
                *(payment_id, customer_id, amount, currency, payment.method, on),
                *(payment.reference, payment.external_id, now, payment.withheld),
            )
        )
        self.balances.append((payment_id, customer_id, currency, on, unapplied))
        self.events.append(
            PaymentReceived(
                payment_id=payment_id,
                customer_id=customer_id,
                currency=currency,
                amount=amount,
                unapplied=unapplied,
                method=payment.method,
                received_on=on,
                historical=historical,
            )
        )


class PaymentService:
    """The money of the tenant's customers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clock = clock_of(session)
        self._payments = PaymentRepository(session)
        self._receivables = ReceivablesRepository(session)

    async def get(self, payment_id: UUID) -> dict[str, Any]:
        """The payment of that id with what it pays.

        Raises:
            PaymentNotFoundError: there is none.
        """
        payment = await PaymentReader(self._session).find(payment_id)
        if payment is None:
            raise PaymentNotFoundError(payment_id)
        return payment

    async def record_or_find(self, payment: NewPayment) -> dict[str, Any]:
        """Record one payment, or find the one of the same external id; with what it pays.

        Raises:
            PayerUnknownError and the others: see `record_payments`.
        """
        recorded = await self.record_many([payment])
        if recorded.ids:
            return await self.get(recorded.ids[0])
        found = await PaymentReader(self._session).find_external(str(payment.external_id))
        assert found is not None  # it was skipped because it is there
        return found

    async def record_many(
        self, payments: Sequence[NewPayment], *, historical: bool = False
    ) -> PaymentsRecorded:
        """See `record_payments`."""
        new = await self._unknown(payments)
        if not new:
            return PaymentsRecorded(0, len(payments), ())
        payers = await self._payments.payers({payment.customer_id for payment in new})
        for payment in new:
            payer = payers.get(payment.customer_id)
            if payer is None:
                raise PayerUnknownError(payment.customer_id)
            currency = payment.currency or payer["currency"]
            require_sound(payment, currency, self._clock.today(payer["time_zone"]))
        ids = [new_id() for _ in new]
        rows = await self._rows(dict(zip(ids, new, strict=True)), payers, historical=historical)
        await self._payments.add(
            rows.payments,
            rows.balances,
            rows.allocations,
            *ledger_tables(rows.entries, rows.postings),
        )
        await self._pay(rows, historical=historical)
        await EventPublisher(self._session).publish_many(rows.events)
        await self._remember(new, ids)
        return PaymentsRecorded(len(new), len(payments) - len(new), tuple(ids))

    async def _unknown(self, payments: Sequence[NewPayment]) -> list[NewPayment]:
        external = {payment.external_id for payment in payments if payment.external_id}
        known = await self._payments.known(external) if external else set()
        new = []
        for payment in payments:
            if payment.external_id is not None:
                if payment.external_id in known:
                    continue
                known.add(payment.external_id)
            new.append(payment)
        return new

    async def _rows(
        self,
        payments: dict[UUID, NewPayment],
        payers: dict[UUID, asyncpg.Record],
        *,
        historical: bool,
    ) -> _Rows:
        ledger = LedgerRepository(self._session)
        require_open([one.received_on for one in payments.values()], await ledger.closed_on())
        accounts = await ledger.accounts()
        debts: dict[tuple[UUID, str], list[Debt]] = {}
        for row in await self._receivables.open_balances(payers.keys()):
            owner = (row["customer_id"], row["currency"])
            debts.setdefault(owner, []).append(Debt(row["id"], row["amount_due"]))
        rows = _Rows()
        now = self._clock.now()
        for payment_id, payment in sorted(payments.items(), key=lambda one: one[1].received_on):
            customer_id, on, amount = payment.customer_id, payment.received_on, payment.amount
            currency = payment.currency or payers[customer_id]["currency"]
            owed = debts.get((customer_id, currency), [])
            if payment.allocate is None:
                parts = pay_oldest_first(amount, owed)
            else:
                parts = pay_as_told(amount, payment.allocate, owed)
            left = amount
            for invoice_id, part in parts:
                left -= part
                rows.allocations.append((new_id(), payment_id, invoice_id, part, on))
                before = rows.paid.get(invoice_id, (Decimal(0), on))
                rows.paid[invoice_id] = (before[0] + part, max(before[1], on))
            rows.add(payment_id, payment, currency, left, now, historical=historical)
            entry_id = new_id()
            rows.entries.append((entry_id, on, SOURCE, payment_id, currency, "Payment", now))
            for code, posted in payment_postings(amount, payment.withheld):
                owner_id = customer_id if code == RECEIVABLE else None
                rows.postings.append((new_id(), entry_id, accounts[code], owner_id, posted))
        return rows

    async def _pay(self, rows: _Rows, *, historical: bool) -> None:
        """Take what is allocated off the invoices, and announce those that are paid."""
        if not rows.paid:
            return
        paid = [(invoice_id, amount, on) for invoice_id, (amount, on) in rows.paid.items()]
        rows.events += [
            InvoicePaid(
                invoice_id=balance["id"],
                customer_id=balance["customer_id"],
                number=balance["number"],
                currency=balance["currency"],
                total=balance["total"],
                paid_on=balance["paid_on"],
                historical=historical,
            )
            for balance in await self._receivables.pay(paid)
            if not balance["amount_due"]
        ]

    async def _remember(self, new: Sequence[NewPayment], ids: Sequence[UUID]) -> None:
        total = sum((payment.amount for payment in new), Decimal(0))
        one = len(new) == 1
        await record(
            self._session,
            action="payments.record",
            target=("payment", ids[0]) if one else ("payments", "many"),
            after={"amount": total} if one else {"count": len(new), "amount": total},
        )
