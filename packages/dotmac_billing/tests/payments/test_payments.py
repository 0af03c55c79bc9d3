import json
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, check_books, record_payments
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_billing.payments.errors import (
    InvoiceNotPayableError,
    PayerUnknownError,
    PaymentInFutureError,
    PaymentNotPositiveError,
    WithheldTooLargeError,
)
from dotmac_billing.payments.service import PaymentService
from dotmac_billing.testing import payer
from dotmac_core_ops.database import driver_connection, new_id
from dotmac_core_ops.money import InvalidCurrencyError

TODAY = date(2026, 11, 20)  # of the test's clock


async def issued(session: AsyncSession, customer: UUID, amount: str, *, on: date = TODAY) -> UUID:
    service = await InvoiceService.within(session)
    line = NewLine("Work", Decimal(1), Decimal(amount))
    return await service.issue_manual(NewInvoice(customer, (line,), issued_on=on))


async def balances(session: AsyncSession) -> list[tuple[str, Decimal, date | None]]:
    connection = await driver_connection(session)
    rows = await connection.fetch(
        "SELECT status, amount_due, paid_on FROM billing.invoice_balances ORDER BY due_on, id"
    )
    return [tuple(row) for row in rows]


async def facts(session: AsyncSession, name: str) -> list[str]:
    connection = await driver_connection(session)
    rows = await connection.fetch(
        "SELECT payload::text FROM events.outbox WHERE name = $1 ORDER BY id", name
    )
    return [row[0] for row in rows]


async def test_a_payment_pays_the_oldest_invoice_first(session: AsyncSession) -> None:
    customer = await payer(session)
    await issued(session, customer, "30.00", on=TODAY)
    await issued(session, customer, "50.00", on=TODAY - timedelta(days=30))

    await record_payments(session, [NewPayment(customer, Decimal("60.00"), TODAY)])

    assert await balances(session) == [
        ("paid", 0, TODAY),
        ("partially_paid", Decimal("20.00"), None),
    ]
    assert len(await facts(session, "billing.payment_received")) == 1
    [paid] = [json.loads(one) for one in await facts(session, "billing.invoice_paid")]
    assert (paid["number"], paid["total"], paid["currency"]) == ("INV-000002", "50.0000", "EUR")
    assert await check_books(session) == []


async def test_a_payment_pays_what_it_is_told_and_the_rest_is_credit(
    session: AsyncSession,
) -> None:
    customer = await payer(session)
    await issued(session, customer, "50.00", on=TODAY - timedelta(days=30))
    newer = await issued(session, customer, "30.00")
    told = NewPayment(customer, Decimal("40.00"), TODAY, allocate={newer: Decimal("30.00")})

    payment = await PaymentService(session).record_or_find(told)

    assert payment["unapplied"] == Decimal("10.00")
    assert await balances(session) == [("open", Decimal("50.00"), None), ("paid", 0, TODAY)]
    assert await check_books(session) == []


async def test_what_is_left_pays_the_next_invoice(session: AsyncSession) -> None:
    customer = await payer(session)
    await record_payments(session, [NewPayment(customer, Decimal("100.00"), TODAY)])

    await issued(session, customer, "70.00")
    await issued(session, customer, "70.00")

    assert sorted(due for _, due, _ in await balances(session)) == [0, Decimal("40.00")]
    assert await check_books(session) == []


async def test_credit_of_another_customer_or_currency_is_not_taken(session: AsyncSession) -> None:
    customer, other = await payer(session), await payer(session)
    await record_payments(
        session,
        [
            NewPayment(other, Decimal(100), TODAY),
            NewPayment(customer, Decimal(100), TODAY, currency="USD"),
        ],
    )

    await issued(session, customer, "70.00")

    assert await balances(session) == [("open", Decimal("70.00"), None)]
    assert await check_books(session) == []


async def test_an_imported_payment_is_recorded_once(session: AsyncSession) -> None:
    customer = await payer(session)
    rows = [
        NewPayment(customer, Decimal(5), TODAY, external_id=external)
        for external in ("bank-1", "bank-2", "bank-2")
    ]

    first = await record_payments(session, rows, historical=True)
    again = await record_payments(session, rows, historical=True)

    assert (first.recorded, first.skipped, len(first.ids)) == (2, 1, 2)
    assert (again.recorded, again.skipped, again.ids) == (0, 3, ())


async def test_many_payments_pay_in_the_order_they_came(session: AsyncSession) -> None:
    customer = await payer(session)
    first = await issued(session, customer, "10.00", on=TODAY - timedelta(days=30))
    rows = [
        NewPayment(customer, Decimal(8), TODAY - timedelta(days=days), reference=f"{days}")
        for days in (1, 5)
    ]

    await record_payments(session, rows)

    connection = await driver_connection(session)
    allocated = await connection.fetch(
        "SELECT p.reference, a.amount FROM billing.payment_allocations a "
        "JOIN billing.payments p ON p.id = a.payment_id WHERE a.invoice_id = $1 ORDER BY a.id",
        first,
    )
    assert [tuple(row) for row in allocated] == [("5", 8), ("1", 2)]
    assert await check_books(session) == []


@pytest.mark.parametrize(
    ("amount", "currency", "on", "refusal"),
    [
        ("0", "EUR", TODAY, PaymentNotPositiveError),
        ("-5", "EUR", TODAY, PaymentNotPositiveError),
        ("NaN", "EUR", TODAY, PaymentNotPositiveError),
        ("1.005", "EUR", TODAY, PaymentNotPositiveError),
        ("1.5", "JPY", TODAY, PaymentNotPositiveError),
        ("5", "EUR", TODAY + timedelta(days=1), PaymentInFutureError),
        ("5", "XXX", TODAY, InvalidCurrencyError),
    ],
)
async def test_what_cannot_have_been_received_is_refused(
    session: AsyncSession, amount: str, currency: str, on: date, refusal: type[Exception]
) -> None:
    customer = await payer(session)

    with pytest.raises(refusal):
        await record_payments(
            session, [NewPayment(customer, Decimal(amount), on, currency=currency)]
        )


async def test_what_was_withheld_settles_the_invoice_and_is_asked_of_the_tax_office(
    session: AsyncSession,
) -> None:
    customer = await payer(session)
    await issued(session, customer, "1180.00")

    await record_payments(
        session, [NewPayment(customer, Decimal("1180.00"), TODAY, withheld=Decimal("100.00"))]
    )

    assert await balances(session) == [("paid", Decimal(0), TODAY)]
    booked = {
        row["code"]: row["balance"] for row in await LedgerRepository(session).balances(TODAY)
    }
    assert (booked["cash"], booked["withholding_receivable"]) == (1080, 100)
    assert booked["receivable"] == 0
    assert await check_books(session) == []


@pytest.mark.parametrize("withheld", ["-0.01", "10.01", "0.001"])
async def test_more_than_was_paid_cannot_have_been_withheld(
    session: AsyncSession, withheld: str
) -> None:
    customer = await payer(session)
    payment = NewPayment(customer, Decimal("10.00"), TODAY, withheld=Decimal(withheld))

    with pytest.raises(WithheldTooLargeError):
        await record_payments(session, [payment])


async def test_nobody_pays_for_somebody_who_does_not_exist(session: AsyncSession) -> None:
    with pytest.raises(PayerUnknownError):
        await record_payments(session, [NewPayment(new_id(), Decimal(5), TODAY)])


async def test_an_invoice_of_somebody_else_cannot_be_paid(session: AsyncSession) -> None:
    customer, other = await payer(session), await payer(session)
    theirs = await issued(session, other, "5.00")

    with pytest.raises(InvoiceNotPayableError):
        await record_payments(
            session,
            [NewPayment(customer, Decimal(5), TODAY, allocate={theirs: Decimal(5)})],
        )
