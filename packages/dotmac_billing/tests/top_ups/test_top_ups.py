"""Paid credit that is invoiced, on a real database and with a real worker."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, check_books, module, record_payments
from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.credit_notes.asked import NewCreditNote
from dotmac_billing.credit_notes.service import issue_credit_note
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_billing.testing import payer
from dotmac_billing.top_ups.service import top_up_by_invoice, top_up_wallets
from dotmac_billing.wallets.opening import NewGrant, NewWallet
from dotmac_billing.wallets.repository import WalletRepository
from dotmac_billing.wallets.service import WalletService
from dotmac_core_events import create_worker
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, clock_of, driver_connection
from dotmac_core_ops.testing import Tenant

TODAY = date(2026, 11, 20)  # of the test's clock


async def wallet(
    session: AsyncSession,
    customer: UUID,
    **more: Any,  # noqa: ANN401 (any field of a wallet)
) -> UUID:
    return (await WalletService(session).open(NewWallet(customer, "Prepaid", **more))).id


async def usable_and_pending(session: AsyncSession, wallet_id: UUID) -> tuple[int, int]:
    found = await WalletRepository(session).balances([wallet_id], clock_of(session).now())
    row = found.get(wallet_id)
    return (0, 0) if row is None else (int(row["paid"] + row["granted"]), int(row["pending"]))


async def accounts(session: AsyncSession) -> dict[str, Decimal]:
    rows = await LedgerRepository(session).balances(None)
    return {row["code"]: row["balance"] for row in rows if row["balance"]}


async def paid(session: AsyncSession, customer: UUID, amount: str) -> None:
    today = clock_of(session).today()
    await record_payments(session, [NewPayment(customer, Decimal(amount), today)])


async def invoiced(session: AsyncSession, customer: UUID, amount: str) -> None:
    service = await InvoiceService.within(session)
    line = NewLine("Work", Decimal(1), Decimal(amount))
    await service.issue_manual(NewInvoice(customer, (line,)))


async def invoices(session: AsyncSession) -> list[tuple[Decimal, Decimal, str]]:
    connection = await driver_connection(session)
    rows = await connection.fetch(
        "SELECT i.total, i.tax, b.status FROM billing.invoices i "
        "JOIN billing.invoice_balances b ON b.id = i.id ORDER BY i.sequence"
    )
    return [tuple(row) for row in rows]


async def test_invoiced_credit_can_be_used_once_it_is_paid(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        customer = await payer(session)
        prepaid = await wallet(session, customer)
        grant = await top_up_by_invoice(session, prepaid, NewGrant(Decimal("50.00")))
        assert (grant.is_pending, grant.is_paid) == (True, True)
        assert await usable_and_pending(session, prepaid) == (0, 50)
        assert await accounts(session) == {
            "receivable": Decimal(50),
            "customer_credit": Decimal(-50),
        }
        assert await check_books(session) == []
        await paid(session, customer, "50.00")

    await create_worker([module], database, database.clock).drain()

    async with database.transaction(tenant.id) as session:
        assert await usable_and_pending(session, prepaid) == (50, 0)
        await invoiced(session, customer, "30.00")
        assert await invoices(session) == [
            (Decimal(50), Decimal(0), "paid"),
            (Decimal(30), Decimal(0), "paid"),
        ]
        assert await accounts(session) == {
            "cash": Decimal(50),
            "customer_credit": Decimal(-20),
            "revenue": Decimal(-30),
        }
        assert await check_books(session) == []


async def test_credit_of_payments_pays_a_top_up_at_once_and_wallets_do_not(
    session: AsyncSession,
) -> None:
    customer = await payer(session)
    prepaid = await wallet(session, customer)
    await WalletService(session).grant(prepaid, NewGrant(Decimal("5.00")))
    await paid(session, customer, "50.00")

    grant = await top_up_by_invoice(session, prepaid, NewGrant(Decimal("50.00")))

    assert not grant.is_pending
    assert await usable_and_pending(session, prepaid) == (55, 0)
    assert await check_books(session) == []


async def test_a_pending_grant_that_is_voided_is_revenue_as_the_invoice_says(
    session: AsyncSession,
) -> None:
    prepaid = await wallet(session, await payer(session))
    grant = await top_up_by_invoice(session, prepaid, NewGrant(Decimal("50.00")))

    await WalletService(session).void(prepaid, grant.id)

    assert await accounts(session) == {"receivable": Decimal(50), "revenue": Decimal(-50)}
    assert await check_books(session) == []


async def topped_up(session: AsyncSession, wallet_id: UUID, amount: str) -> UUID:
    """Credit by invoice; the invoice's id."""
    grant = await top_up_by_invoice(session, wallet_id, NewGrant(Decimal(amount)))
    assert grant.invoice_id is not None
    return grant.invoice_id


async def test_credit_of_a_void_invoice_is_void(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        prepaid = await wallet(session, await payer(session))
        invoice_id = await topped_up(session, prepaid, "50.00")
        await CorrectionService(session).void(invoice_id, "Ordered twice")

    await create_worker([module], database, database.clock).drain()

    async with database.transaction(tenant.id) as session:
        assert await usable_and_pending(session, prepaid) == (0, 0)
        assert await accounts(session) == {}
        assert await check_books(session) == []


async def test_of_a_credited_invoice_as_much_credit_is_taken_back(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        customer = await payer(session)
        prepaid = await wallet(session, customer)
        invoice_id = await topped_up(session, prepaid, "50.00")
        await issue_credit_note(session, NewCreditNote(invoice_id, amount=Decimal("20.00")))
        await paid(session, customer, "30.00")

    await create_worker([module], database, database.clock).drain()

    async with database.transaction(tenant.id) as session:
        assert await usable_and_pending(session, prepaid) == (30, 0)
        assert await accounts(session) == {"cash": Decimal(30), "customer_credit": Decimal(-30)}
        assert await check_books(session) == []


async def test_an_invoice_that_was_credited_in_full_gives_no_credit(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        prepaid = await wallet(session, await payer(session))
        invoice_id = await topped_up(session, prepaid, "50.00")
        await issue_credit_note(session, NewCreditNote(invoice_id))  # which settles, so pays it

    await create_worker([module], database, database.clock).drain()

    async with database.transaction(tenant.id) as session:
        assert await usable_and_pending(session, prepaid) == (0, 0)
        assert await accounts(session) == {}
        assert await check_books(session) == []


async def test_wallets_are_topped_up_every_so_many_months(
    session: AsyncSession, clock: FrozenClock
) -> None:
    terms = {"top_up_amount": Decimal(20), "top_up_every_months": 1}
    wallets = [await wallet(session, await payer(session), **terms) for _ in range(3)]
    await wallet(session, await payer(session))

    first = [await top_up_wallets(session) for _ in range(2)]
    clock.advance(days=29)
    too_early = await top_up_wallets(session)
    clock.advance(days=1)
    second = await top_up_wallets(session)

    assert (first, too_early, second) == ([3, 0], 0, 3)
    for each in wallets:
        assert await usable_and_pending(session, each) == (0, 40)
    assert len(await invoices(session)) == 6
    assert await check_books(session) == []


async def test_a_wallet_that_runs_low_is_topped_up_once(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        customer = await payer(session)
        prepaid = await wallet(
            session,
            customer,
            low_below=Decimal("10.00"),
            top_up_amount=Decimal("25.00"),
            tops_up_when_low=True,
        )
        await WalletService(session).grant(prepaid, NewGrant(Decimal("30.00")))
        assert await top_up_wallets(session) == 0
        await invoiced(session, customer, "21.00")
        await invoiced(session, customer, "2.00")

    await create_worker([module], database, database.clock).drain()

    async with database.transaction(tenant.id) as session:
        assert await usable_and_pending(session, prepaid) == (7, 25)
        assert await top_up_wallets(session) == 0  # until it is paid
        assert await check_books(session) == []


async def test_a_wallet_is_topped_up_over_http(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        customer = await payer(session)
        prepaid = await wallet(session, customer)
        (payment_id,) = (
            await record_payments(session, [NewPayment(customer, Decimal(30), TODAY)])
        ).ids
    path = f"/wallets/{prepaid}/top-ups"

    by_payment = await client.post(path, json={"amount": 30, "payment_id": str(payment_id)})
    by_invoice = await client.post(path, json={"amount": 12.5, "expires_on": "2027-11-20"})
    too_much = await client.post(path, json={"amount": 1, "payment_id": str(payment_id)})

    assert by_payment.status_code == 201, by_payment.text
    assert (by_payment.json()["data"]["is_pending"], by_payment.json()["data"]["invoice_id"]) == (
        False,
        None,
    )
    pending = by_invoice.json()["data"]
    assert (pending["is_pending"], pending["remaining"]) == (True, 12.5)
    issued = (await client.get(f"/invoices/{pending['invoice_id']}")).json()["data"]
    assert (issued["total"], issued["tax"], issued["amount_due"]) == (12.5, 0, 12.5)
    assert too_much.json()["error"]["code"] == "CREDIT_NOT_AVAILABLE"


async def test_many_wallets_take_no_more_statements_than_one(session: AsyncSession) -> None:
    connection = await driver_connection(session)

    async def due(count: int) -> int:
        terms = {"top_up_amount": Decimal(20), "top_up_every_months": 1}
        for _ in range(count):
            await wallet(session, await payer(session), **terms)
        seen: list[object] = []
        with connection.query_logger(seen.append):
            assert await top_up_wallets(session) == count
        return len(seen)

    await due(1)  # opens accounts and series

    assert await due(1) == await due(12)
