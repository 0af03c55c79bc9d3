"""Credit notes as they are issued, with what becomes of the invoice, the credit and the books."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, record_payments
from dotmac_billing.credit_notes.asked import LineCredit, NewCreditNote, Remainder
from dotmac_billing.credit_notes.errors import (
    CreditAmountInvalidError,
    CreditNoteDayError,
    CreditNoteNotFoundError,
    CreditTooLargeError,
    NothingToCreditError,
    RefundNotOwedError,
)
from dotmac_billing.credit_notes.reasons import CreditReason
from dotmac_billing.credit_notes.service import CreditNoteService, issue_credit_note
from dotmac_billing.payments.models import PaymentBalance
from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.errors import DomainError
from dotmac_core_ops.testing import Tenant

from .conftest import Books

TODAY = date(2026, 11, 20)


async def test_a_full_credit_note_settles_an_open_invoice(
    session: AsyncSession, books: Books
) -> None:
    invoice = await books.invoice()

    note_id = await issue_credit_note(session, NewCreditNote(invoice.id, CreditReason.DUPLICATE))

    note = await CreditNoteService(session).get(note_id)
    assert (note["number"], note["net"], note["tax"], note["total"]) == ("CN-000001", 200, 40, 240)
    assert (note["settled"], note["credited"], note["to_refund"]) == (240, 0, 0)
    assert [(line["net"], line["tax_code"]) for line in note["lines"]] == [
        (150, "VAT"),
        (50, "VAT"),
    ]
    assert [(tax["net"], tax["tax"]) for tax in note["taxes"]] == [(200, 40)]
    assert await books.balance(invoice.id) == ("paid", 240, 0, 240, 0)
    assert await books.accounts() == {}


async def test_credit_of_a_paid_invoice_is_taken_by_the_next_one(
    session: AsyncSession, books: Books
) -> None:
    invoice = await books.invoice()
    await record_payments(session, [NewPayment(invoice.customer_id, Decimal(240), TODAY)])

    line = LineCredit(invoice.line_ids[1])
    await issue_credit_note(session, NewCreditNote(invoice.id, lines=(line,)))
    second = await books.invoice(invoice.customer_id)

    assert await books.balance(invoice.id) == ("paid", 240, 0, 60, 0)
    assert await books.balance(second.id) == ("partially_paid", 60, 180, 0, 0)
    assert (await books.accounts())["receivable"] == 180


async def test_what_is_due_is_settled_first_and_the_rest_is_credit(
    session: AsyncSession, books: Books
) -> None:
    invoice = await books.invoice()
    await record_payments(session, [NewPayment(invoice.customer_id, Decimal(200), TODAY)])

    note_id = await issue_credit_note(session, NewCreditNote(invoice.id, amount=Decimal("100.00")))

    note = await CreditNoteService(session).get(note_id)
    assert (note["settled"], note["credited"], note["total"]) == (40, 60, 100)
    left = await session.scalar(
        sa.select(PaymentBalance.unapplied).where(PaymentBalance.id == note_id)
    )
    assert left == 60
    # 100.00 with tax is 83.33 before it, three quarters of it of the first line.
    assert [line["net"] for line in note["lines"]] == [Decimal("62.50"), Decimal("20.83")]


async def test_what_is_to_be_paid_back_is_owed_until_it_is(
    session: AsyncSession, books: Books
) -> None:
    invoice = await books.invoice()
    await record_payments(session, [NewPayment(invoice.customer_id, Decimal(240), TODAY)])
    service = CreditNoteService(session)

    note_id = await service.issue(
        NewCreditNote(invoice.id, amount=Decimal(60), remainder=Remainder.REFUND)
    )
    owed = await books.accounts()
    await service.pay_back(note_id, Decimal(25), TODAY, "wire 7")
    await service.pay_back(note_id, Decimal(35), TODAY, "wire 8")

    assert owed == {"cash": 240, "revenue": -150, "tax_payable": -30, "refunds": -60}
    assert await books.accounts() == {"cash": 180, "revenue": -150, "tax_payable": -30}
    with pytest.raises(RefundNotOwedError):
        await service.pay_back(note_id, Decimal("0.01"), TODAY, None)
    assert (await service.get(note_id))["refunded"] == 60


async def test_a_plan_writes_nothing(session: AsyncSession, books: Books) -> None:
    invoice = await books.invoice()

    plan = await CreditNoteService(session).plan(NewCreditNote(invoice.id, amount=Decimal(12)))

    assert (plan.credited.net, plan.credited.tax) == (Decimal(10), Decimal(2))
    assert await books.balance(invoice.id) == ("open", 0, 240, 0, 0)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"amount": Decimal("240.01")}, CreditTooLargeError),
        ({"amount": Decimal(-1)}, CreditAmountInvalidError),
        ({"issued_on": date(2026, 11, 1)}, CreditNoteDayError),
        ({"issued_on": date(2026, 11, 21)}, CreditNoteDayError),
        ({"invoice_id": new_id()}, InvoiceNotFoundError),
    ],
)
async def test_what_cannot_be_credited_is_refused(
    session: AsyncSession, books: Books, asked: dict[str, object], error: type[DomainError]
) -> None:
    invoice = await books.invoice()

    with pytest.raises(error):
        await issue_credit_note(session, NewCreditNote(**{"invoice_id": invoice.id, **asked}))  # type: ignore[arg-type] # of various kinds


async def test_a_second_full_credit_note_finds_nothing(session: AsyncSession, books: Books) -> None:
    invoice = await books.invoice()
    await issue_credit_note(session, NewCreditNote(invoice.id))

    with pytest.raises(NothingToCreditError):
        await issue_credit_note(session, NewCreditNote(invoice.id))


async def test_a_note_that_is_not_there_is_not_found(session: AsyncSession) -> None:
    with pytest.raises(CreditNoteNotFoundError):
        await CreditNoteService(session).get(new_id())


async def test_two_credit_notes_at_once_cannot_exceed_the_invoice(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        invoice = await Books(session).invoice()

    async def credit() -> str:
        try:
            async with database.transaction(tenant.id) as session:
                await issue_credit_note(session, NewCreditNote(invoice.id, amount=Decimal(160)))
        except CreditTooLargeError:
            return "refused"
        return "issued"

    outcomes = await asyncio.gather(*(credit() for _ in range(4)))

    assert sorted(outcomes) == ["issued", "refused", "refused", "refused"]
    async with database.transaction(tenant.id) as session:
        books = Books(session)
        assert await books.balance(invoice.id) == ("partially_paid", 160, 80, 160, 0)
        assert await books.sound()
