"""Whatever is done to an invoice, in whatever order, the books agree with themselves."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, check_books, record_payments
from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.credit_notes.asked import LineCredit, NewCreditNote, Remainder
from dotmac_billing.credit_notes.service import issue_credit_note
from dotmac_billing.debit_notes.service import LineDebit, issue_debit_note
from dotmac_billing.statements.service import statements_of
from dotmac_core_ops.errors import DomainError
from dotmac_core_ops.testing import TEST_NOW

from .conftest import Books, Issued

TODAY = TEST_NOW.date()
Step = Callable[[AsyncSession, random.Random, Issued], Awaitable[object]]


def cents(chance: random.Random, most: int) -> Decimal:
    return Decimal(chance.randint(1, most)).scaleb(-2)


async def pay(session: AsyncSession, chance: random.Random, invoice: Issued) -> None:
    await record_payments(session, [NewPayment(invoice.customer_id, cents(chance, 15000), TODAY)])


async def credit(session: AsyncSession, chance: random.Random, invoice: Issued) -> None:
    remainder = chance.choice(list(Remainder))
    lines: tuple[LineCredit, ...] = ()
    amount = None
    way = chance.randint(0, 3)
    if way == 0:
        amount = cents(chance, 12000)
    elif way == 1:
        lines = (LineCredit(chance.choice(invoice.line_ids), amount=cents(chance, 9000)),)
    elif way == 2:
        lines = (LineCredit(chance.choice(invoice.line_ids), quantity=Decimal("0.3")),)
    new = NewCreditNote(invoice.id, lines=lines, amount=amount, remainder=remainder)
    await issue_credit_note(session, new)


async def debit(session: AsyncSession, chance: random.Random, invoice: Issued) -> None:
    line = LineDebit(chance.choice(invoice.line_ids), cents(chance, 3000))
    await issue_debit_note(session, invoice.id, [line])


async def give_up(session: AsyncSession, chance: random.Random, invoice: Issued) -> None:
    await CorrectionService(session).write_off(
        invoice.id, "x", amount=cents(chance, 6000), reclaim_tax=chance.random() < 0.5
    )


async def recover(session: AsyncSession, chance: random.Random, invoice: Issued) -> None:
    await CorrectionService(session).recover(invoice.id, "x", cents(chance, 6000))


async def void(session: AsyncSession, _: random.Random, invoice: Issued) -> None:
    await CorrectionService(session).void(invoice.id, "x")


async def mark(session: AsyncSession, _: random.Random, invoice: Issued) -> None:
    await CorrectionService(session).mark_uncollectible(invoice.id, "x")


STEPS: tuple[Step, ...] = (pay, credit, credit, debit, give_up, recover, void, mark)


@pytest.mark.parametrize("seed", range(6))
async def test_the_books_agree_after_any_sequence(session: AsyncSession, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (an order of steps, not a secret)
    books = Books(session)
    first = await books.invoice(nets=("99.99", "0.01", "33.33"))
    invoices = [first, await books.invoice(first.customer_id), await books.invoice()]
    done = 0

    for _ in range(25):
        try:
            async with session.begin_nested():
                await chance.choice(STEPS)(session, chance, chance.choice(invoices))
            done += 1
        except DomainError:
            continue  # what was refused has changed nothing

    assert done >= 5
    assert await check_books(session) == []
    owed = sum(
        [
            statement.closing
            for customer in {one.customer_id for one in invoices}
            for statement in await statements_of(session, customer)
        ]
    )
    assert (await books.accounts()).get("receivable", Decimal(0)) == owed
