"""Credit going into wallets, through invoices and out again, on a real database."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, check_books, record_payments
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.testing import payer, subscribed
from dotmac_billing.wallets.errors import (
    CreditNotAvailableError,
    GrantNotFoundError,
    GrantUsedUpError,
    InvalidGrantError,
    InvalidWalletError,
    WalletClosedError,
    WalletNotEmptyError,
    WalletNotFoundError,
)
from dotmac_billing.wallets.models import WalletGrant
from dotmac_billing.wallets.opening import NewGrant, NewWallet, WalletChange
from dotmac_billing.wallets.repository import WalletRepository
from dotmac_billing.wallets.service import WalletService
from dotmac_core_ops.database import Database, clock_of, driver_connection, new_id
from dotmac_core_ops.testing import Tenant

TODAY = date(2026, 11, 20)  # of the test's clock
ZERO = Decimal(0)
NOTHING = (ZERO, ZERO)


async def wallet(
    session: AsyncSession,
    customer: UUID,
    **more: Any,  # noqa: ANN401 (any field of a wallet)
) -> UUID:
    return (await WalletService(session).open(NewWallet(customer, "Prepaid", **more))).id


async def paid_up(session: AsyncSession, wallet_id: UUID, amount: str) -> WalletGrant:
    """Paid credit from a payment of the same amount."""
    customer = (await WalletService(session).get(wallet_id)).customer_id
    payment = NewPayment(customer, Decimal(amount), TODAY, allocate={})
    (payment_id,) = (await record_payments(session, [payment])).ids
    service = WalletService(session)
    return await service.top_up_from_payment(wallet_id, payment_id, NewGrant(Decimal(amount)))


async def granted(session: AsyncSession, wallet_id: UUID, amount: str, **more: Any) -> WalletGrant:  # noqa: ANN401 (any field of a grant)
    return await WalletService(session).grant(wallet_id, NewGrant(Decimal(amount), **more))


async def invoice(session: AsyncSession, customer: UUID, amount: str) -> UUID:
    service = await InvoiceService.within(session)
    line = NewLine("Work", Decimal(1), Decimal(amount))
    return await service.issue_manual(NewInvoice(customer, (line,)))


async def balance(session: AsyncSession, wallet_id: UUID) -> tuple[Decimal, Decimal]:
    """What can be used of it: paid, granted."""
    found = await WalletRepository(session).balances([wallet_id], clock_of(session).now())
    row = found.get(wallet_id)
    return NOTHING if row is None else (row["paid"], row["granted"])


async def accounts(session: AsyncSession) -> dict[str, Decimal]:
    rows = await LedgerRepository(session).balances(None)
    return {row["code"]: row["balance"] for row in rows if row["balance"]}


async def owed(session: AsyncSession, invoice_id: UUID) -> tuple[str, Decimal, Decimal]:
    connection = await driver_connection(session)
    row = await connection.fetchrow(
        "SELECT status, amount_paid, amount_due FROM billing.invoice_balances WHERE id = $1",
        invoice_id,
    )
    assert row is not None
    return row["status"], row["amount_paid"], row["amount_due"]


async def facts(session: AsyncSession, name: str) -> int:
    connection = await driver_connection(session)
    return int(
        await connection.fetchval("SELECT count(*) FROM events.outbox WHERE name = $1", name)
    )


async def test_an_invoice_is_paid_from_free_and_then_paid_credit(session: AsyncSession) -> None:
    customer = await payer(session)
    prepaid = await wallet(session, customer)
    await paid_up(session, prepaid, "50.00")
    await granted(session, prepaid, "20.00")

    invoice_id = await invoice(session, customer, "45.00")

    assert await owed(session, invoice_id) == ("paid", Decimal(45), ZERO)
    assert await balance(session, prepaid) == (Decimal(25), ZERO)
    assert await accounts(session) == {
        "cash": Decimal(50),
        "customer_credit": Decimal(-25),
        "discounts": Decimal(20),
        "revenue": Decimal(-45),
    }
    assert await check_books(session) == []


async def test_what_wallets_do_not_cover_stays_due(session: AsyncSession) -> None:
    customer = await payer(session)
    first, second = await wallet(session, customer, priority=1), await wallet(session, customer)
    await granted(session, first, "5.00")
    await granted(session, second, "7.00")

    invoice_id = await invoice(session, customer, "20.00")

    assert await owed(session, invoice_id) == ("partially_paid", Decimal(12), Decimal(8))
    assert await check_books(session) == []


async def test_the_wallet_of_the_lower_priority_number_pays_first(session: AsyncSession) -> None:
    customer = await payer(session)
    later, sooner = await wallet(session, customer, priority=2), await wallet(session, customer)
    await granted(session, later, "10.00")
    await granted(session, sooner, "10.00")

    await invoice(session, customer, "10.00")

    assert await balance(session, later) == (ZERO, Decimal(10))
    assert await balance(session, sooner) == NOTHING


async def test_credit_of_somebody_else_or_another_currency_is_not_used(
    session: AsyncSession,
) -> None:
    customer, other = await payer(session), await payer(session)
    await granted(session, await wallet(session, other), "10.00")
    await granted(session, await wallet(session, customer, currency="USD"), "10.00")

    invoice_id = await invoice(session, customer, "10.00")

    assert await owed(session, invoice_id) == ("open", ZERO, Decimal(10))


async def test_what_is_for_a_component_does_not_pay_other_work(session: AsyncSession) -> None:
    customer = await payer(session)
    await granted(session, await wallet(session, customer, component_codes=("calls",)), "10.00")

    invoice_id = await invoice(session, customer, "10.00")

    assert await owed(session, invoice_id) == ("open", ZERO, Decimal(10))


async def test_a_part_of_a_payment_is_put_into_a_wallet(session: AsyncSession) -> None:
    customer = await payer(session)
    prepaid = await wallet(session, customer)
    payment = NewPayment(customer, Decimal(100), TODAY, allocate={})
    (payment_id,) = (await record_payments(session, [payment])).ids
    service = WalletService(session)

    await service.top_up_from_payment(prepaid, payment_id, NewGrant(Decimal("60.00")))
    with pytest.raises(CreditNotAvailableError) as refusal:
        await service.top_up_from_payment(prepaid, payment_id, NewGrant(Decimal("40.01")))

    assert refusal.value.details["left"] == "40.0000"
    assert await accounts(session) == {
        "cash": Decimal(100),
        "customer_credit": Decimal(-60),
        "receivable": Decimal(-40),
    }
    assert await check_books(session) == []


async def test_a_payment_of_somebody_else_tops_up_nothing(session: AsyncSession) -> None:
    prepaid = await wallet(session, await payer(session))
    payment = NewPayment(await payer(session), Decimal(100), TODAY)
    (payment_id,) = (await record_payments(session, [payment])).ids

    with pytest.raises(CreditNotAvailableError):
        await WalletService(session).top_up_from_payment(
            prepaid, payment_id, NewGrant(Decimal("1.00"))
        )


async def test_voided_credit_of_a_payment_is_the_customers_again(session: AsyncSession) -> None:
    customer = await payer(session)
    prepaid = await wallet(session, customer)
    grant = await paid_up(session, prepaid, "50.00")
    await invoice(session, customer, "20.00")

    voided = await WalletService(session).void(prepaid, grant.id, note="Moved away")
    invoice_id = await invoice(session, customer, "30.00")

    assert (voided.remaining, voided.amount) == (ZERO, Decimal(50))
    assert await owed(session, invoice_id) == ("paid", Decimal(30), ZERO)
    assert await accounts(session) == {"cash": Decimal(50), "revenue": Decimal(-50)}
    assert await check_books(session) == []


async def test_voided_free_credit_leaves_no_trace_in_the_books(session: AsyncSession) -> None:
    prepaid = await wallet(session, await payer(session))
    grant = await granted(session, prepaid, "50.00")

    await WalletService(session).void(prepaid, grant.id)

    assert await accounts(session) == {}
    assert await balance(session, prepaid) == NOTHING
    with pytest.raises(GrantUsedUpError):
        await WalletService(session).void(prepaid, grant.id)
    assert await check_books(session) == []


async def test_a_grant_is_voided_in_its_own_wallet(session: AsyncSession) -> None:
    customer = await payer(session)
    grant = await granted(session, await wallet(session, customer), "5.00")

    with pytest.raises(GrantNotFoundError):
        await WalletService(session).void(await wallet(session, customer), grant.id)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewGrant(Decimal(0)), "amount"),
        (NewGrant(Decimal(-5)), "amount"),
        (NewGrant(Decimal("0.001")), "amount"),
        (NewGrant(Decimal("NaN")), "amount"),
        (NewGrant(Decimal(5), expires_on=TODAY), "expires_on"),
    ],
)
async def test_credit_that_nobody_could_use_is_refused(
    session: AsyncSession, new: NewGrant, field: str
) -> None:
    prepaid = await wallet(session, await payer(session))

    with pytest.raises(InvalidGrantError) as refusal:
        await WalletService(session).grant(prepaid, new)

    assert refusal.value.details == {"field": field}


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"low_below": Decimal("0.001")}, "low_below"),
        ({"top_up_amount": Decimal(-5)}, "top_up_amount"),
        ({"top_up_every_months": 0, "top_up_amount": Decimal(5)}, "top_up_every_months"),
        ({"top_up_every_months": 1}, "top_up_amount"),
        ({"tops_up_when_low": True, "top_up_amount": Decimal(5)}, "low_below"),
    ],
)
async def test_a_wallet_that_contradicts_itself_is_refused(
    session: AsyncSession, terms: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidWalletError) as refusal:
        await wallet(session, await payer(session), **terms)

    assert refusal.value.details == {"field": field}


async def test_a_wallet_is_not_for_a_subscription_of_somebody_else(session: AsyncSession) -> None:
    line = await subscribed(session, since=TODAY)

    with pytest.raises(SubscriptionNotFoundError):
        await wallet(session, await payer(session), subscription_id=line)


async def test_a_new_rhythm_of_top_ups_begins_today(session: AsyncSession) -> None:
    service = WalletService(session)
    prepaid = await service.open(NewWallet(await payer(session), "Prepaid"))

    change = WalletChange(top_up_amount=Decimal(20), top_up_every_months=3, name="Calls")
    await service.change(prepaid, change)
    seen = (prepaid.name, prepaid.next_top_up_on, prepaid.version)
    await service.change(prepaid, WalletChange(top_up_every_months=0))

    assert seen == ("Calls", TODAY, 2)
    assert (prepaid.next_top_up_on, prepaid.top_up_every_months) == (None, None)


async def test_an_empty_wallet_is_closed(session: AsyncSession) -> None:
    prepaid = await wallet(session, await payer(session))
    grant = await granted(session, prepaid, "5.00")
    service = WalletService(session)

    with pytest.raises(WalletNotEmptyError):
        await service.close(prepaid)
    await service.void(prepaid, grant.id)
    await service.close(prepaid)

    with pytest.raises(WalletClosedError):
        await granted(session, prepaid, "5.00")
    with pytest.raises(WalletNotFoundError):
        await service.close(new_id())


async def test_it_is_told_once_when_a_wallet_becomes_low(session: AsyncSession) -> None:
    customer = await payer(session)
    prepaid = await wallet(session, customer, low_below=Decimal("10.00"))
    await granted(session, prepaid, "30.00")

    told = []
    for amount in ("20.00", "5.00", "1.00"):
        await invoice(session, customer, amount)
        told.append(await facts(session, "billing.wallet_low"))

    assert told == [0, 1, 1]  # 10.00 is not low, 5.00 is, and then it is known


async def test_two_invoices_at_once_do_not_spend_the_same_credit(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        customer = await payer(session)
        prepaid = await wallet(session, customer)
        await paid_up(session, prepaid, "50.00")

    async def bill() -> Decimal:
        async with database.transaction(tenant.id) as session:
            return (await owed(session, await invoice(session, customer, "20.00")))[1]

    paid = await asyncio.gather(*(bill() for _ in range(4)))

    assert sorted(paid) == [0, 10, 20, 20]
    async with database.transaction(tenant.id) as session:
        assert await balance(session, prepaid) == NOTHING
        assert await check_books(session) == []
