"""Void, written off, taken up again, uncollectible, overdue: the invoice, the books, the facts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, record_payments
from dotmac_billing.corrections.errors import (
    InvoiceHasPaymentsError,
    InvoiceNotOpenError,
    WriteOffAmountInvalidError,
    WriteOffTooLargeError,
)
from dotmac_billing.corrections.jobs import overdue
from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.credit_notes.asked import NewCreditNote
from dotmac_billing.credit_notes.errors import CreditTooLargeError, InvoiceNotCreditableError
from dotmac_billing.credit_notes.service import issue_credit_note
from dotmac_billing.ledger.models import LedgerEntry
from dotmac_billing.pending.models import PendingLine
from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_core_events import tail
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.testing import TEST_NOW, Tenant

from .conftest import Books, Issued

SignedIn = Callable[..., httpx.AsyncClient]
TODAY = TEST_NOW.date()


async def test_a_void_invoice_is_owed_by_nobody_and_keeps_its_number(
    session: AsyncSession, books: Books
) -> None:
    invoice = await books.invoice()

    await CorrectionService(session).void(invoice.id, "issued twice")
    second = await books.invoice(invoice.customer_id)

    assert await books.balance(invoice.id) == ("void", 0, 0, 0, 0)
    assert (invoice.number, second.number) == ("INV-000001", "INV-000002")
    entries = (
        await session.scalars(
            sa.select(LedgerEntry)
            .where(LedgerEntry.source_id == invoice.id)
            .order_by(LedgerEntry.source_type)
        )
    ).all()
    assert [entry.source_type for entry in entries] == ["invoice", "invoice_void"]
    assert entries[1].reverses_id == entries[0].id
    assert (await books.accounts())["receivable"] == 240


async def test_what_is_void_can_be_billed_again(session: AsyncSession, books: Books) -> None:
    invoice = await books.invoice()

    await CorrectionService(session).void(invoice.id, "wrong address", rebill=True)

    waiting = (await session.scalars(sa.select(PendingLine).order_by(PendingLine.id))).all()
    assert [(line.description, line.amount, line.tax_code) for line in waiting] == [
        ("Line 150.00", Decimal(150), "VAT"),
        ("Line 50.00", Decimal(50), "VAT"),
    ]
    assert {line.customer_id for line in waiting} == {invoice.customer_id}


@pytest.mark.parametrize("settled_by", ["payment", "credit_note", "write_off"])
async def test_an_invoice_on_which_something_was_settled_cannot_be_void(
    session: AsyncSession, books: Books, settled_by: str
) -> None:
    invoice = await books.invoice()
    if settled_by == "payment":
        await record_payments(session, [NewPayment(invoice.customer_id, Decimal(1), TODAY)])
    elif settled_by == "credit_note":
        await issue_credit_note(session, NewCreditNote(invoice.id, amount=Decimal(1)))
    else:
        await CorrectionService(session).write_off(invoice.id, "few", amount=Decimal(1))

    with pytest.raises(InvoiceHasPaymentsError):
        await CorrectionService(session).void(invoice.id, "too late")


async def test_a_void_invoice_is_not_void_again_nor_credited_nor_sent(
    session: AsyncSession, books: Books
) -> None:
    invoice = await books.invoice()
    service = CorrectionService(session)
    await service.void(invoice.id, "issued twice")

    with pytest.raises(InvoiceNotOpenError):
        await service.void(invoice.id, "again")
    with pytest.raises(InvoiceNotOpenError):
        await service.send(invoice.id)
    with pytest.raises(InvoiceNotOpenError):
        await service.write_off(invoice.id, "gone")
    with pytest.raises(InvoiceNotCreditableError):
        await issue_credit_note(session, NewCreditNote(invoice.id))


async def test_what_is_given_up_is_bad_debt_and_can_be_taken_up_again(
    session: AsyncSession, books: Books
) -> None:
    invoice = await books.invoice()
    service = CorrectionService(session)

    due = await service.write_off(invoice.id, "insolvent", reclaim_tax=True)
    given_up = await books.accounts()
    still_due = await service.recover(invoice.id, "the court paid", Decimal(60))
    await record_payments(session, [NewPayment(invoice.customer_id, Decimal(60), TODAY)])

    assert [due, still_due] == [Decimal(0), Decimal(60)]
    # The tax of 40.00 is not owed any more, the net amount is lost.
    assert given_up == {"bad_debt": 200, "revenue": -200}
    assert await books.balance(invoice.id) == ("uncollectible", 60, 0, 0, 180)
    # A quarter came back, and a quarter of the tax with it.
    assert await books.accounts() == {
        "bad_debt": 150,
        "cash": 60,
        "revenue": -200,
        "tax_payable": -10,
    }


async def test_a_small_rest_is_given_up_and_all_of_it_taken_up_again(
    session: AsyncSession, books: Books
) -> None:
    invoice = await books.invoice()
    service = CorrectionService(session)

    await service.write_off(invoice.id, "a few cents", amount=Decimal("0.40"))
    partly = await books.balance(invoice.id)
    await service.recover(invoice.id, "a mistake")

    assert partly == ("partially_paid", 0, Decimal("239.60"), 0, Decimal("0.40"))
    assert await books.balance(invoice.id) == ("open", 0, 240, 0, 0)


@pytest.mark.parametrize(
    ("amount", "error"),
    [
        ("240.01", WriteOffTooLargeError),
        ("0", WriteOffAmountInvalidError),
        ("-5", WriteOffAmountInvalidError),
        ("0.001", WriteOffAmountInvalidError),
    ],
)
async def test_no_more_than_is_due_is_given_up(
    session: AsyncSession, books: Books, amount: str, error: type[Exception]
) -> None:
    invoice = await books.invoice()

    with pytest.raises(error):
        await CorrectionService(session).write_off(invoice.id, "x", amount=Decimal(amount))
    with pytest.raises(InvoiceNotOpenError):
        await CorrectionService(session).recover(invoice.id, "nothing was given up")


async def test_what_was_given_up_cannot_be_credited(session: AsyncSession, books: Books) -> None:
    invoice = await books.invoice()
    await CorrectionService(session).write_off(invoice.id, "insolvent", amount=Decimal(200))

    with pytest.raises(CreditTooLargeError):
        await issue_credit_note(session, NewCreditNote(invoice.id, amount=Decimal("40.01")))


async def test_an_uncollectible_invoice_is_still_owed_and_can_be_paid(
    session: AsyncSession, books: Books
) -> None:
    invoice = await books.invoice()
    service = CorrectionService(session)

    await service.mark_uncollectible(invoice.id, "no answer for a year")
    marked = await books.balance(invoice.id)
    await record_payments(session, [NewPayment(invoice.customer_id, Decimal(100), TODAY)])
    half = await books.balance(invoice.id)
    await record_payments(session, [NewPayment(invoice.customer_id, Decimal(140), TODAY)])

    assert (marked[0], marked[2]) == ("uncollectible", 240)
    assert (half[0], half[2]) == ("uncollectible", 140)
    assert await books.balance(invoice.id) == ("paid", 240, 0, 0, 0)
    with pytest.raises(InvoiceNotOpenError):
        await service.mark_uncollectible(invoice.id, "again")


async def test_no_such_invoice(session: AsyncSession) -> None:
    with pytest.raises(InvoiceNotFoundError):
        await CorrectionService(session).void(new_id(), "x")


async def test_an_overdue_invoice_is_announced_once(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    async with database.transaction(tenant.id) as session:
        late, paid = await Books(session).invoice(), await Books(session).invoice()
        await record_payments(session, [NewPayment(paid.customer_id, Decimal(240), TODAY)])

    async def announced() -> list[str]:
        context = JobContext(database, clock, {}, tenant.id, 1, _nothing)
        await overdue.run(context)
        events = await tail(database, tenant.id, limit=100)
        return [
            event.payload["number"] for event in events if event.name == "billing.invoice_overdue"
        ]

    # Issued on the 2nd and due on the 16th of November; today is the 20th.
    first = await announced()
    clock.advance(days=40)
    again = await announced()

    assert (first, again) == ([late.number], [late.number])


async def _nothing() -> None:
    pass


@pytest.fixture
async def invoice(database: Database, tenant: Tenant) -> Issued:
    """An invoice over 240.00."""
    async with database.transaction(tenant.id) as session:
        return await Books(session).invoice()


@pytest.mark.parametrize(
    ("action", "body", "expected"),
    [
        ("void", {"reason": "issued twice", "rebill": True}, ("void", 0)),
        ("write-off", {"reason": "insolvent", "amount": 40}, ("overdue", 200)),
        ("write-off", {"reason": "insolvent"}, ("uncollectible", 0)),
        ("uncollectible", {"reason": "no answer"}, ("uncollectible", 240)),
        ("send", {"to": "ap@customer.example"}, ("overdue", 240)),
    ],
)
async def test_it_is_decided_over_http(
    client: httpx.AsyncClient,
    invoice: Issued,
    action: str,
    body: dict[str, object],
    expected: tuple[str, int],
) -> None:
    answer = await client.post(f"/invoices/{invoice.id}/{action}", json=body)

    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]
    assert (found["status"], found["amount_due"]) == expected
    assert (found["sent_at"] is not None) == (action == "send")


async def test_a_recovery_over_http(client: httpx.AsyncClient, invoice: Issued) -> None:
    await client.post(f"/invoices/{invoice.id}/write-off", json={"reason": "insolvent"})

    answer = await client.post(
        f"/invoices/{invoice.id}/recovery", json={"reason": "paid after all"}
    )
    again = await client.post(f"/invoices/{invoice.id}/recovery", json={"reason": "twice"})

    assert answer.json()["data"]["amount_due"] == 240
    assert (again.status_code, again.json()["error"]["code"]) == (409, "INVOICE_NOT_OPEN")


@pytest.mark.parametrize("action", ["void", "write-off", "recovery", "uncollectible", "send"])
async def test_a_permission_is_needed(signed_in: SignedIn, tenant: Tenant, action: str) -> None:
    path = f"/invoices/{new_id()}/{action}"
    answer = await signed_in(tenant, "invoices:issue").post(path, json={"reason": "x"})

    assert answer.status_code == 403
