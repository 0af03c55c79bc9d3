"""Lines that wait: on the next invoice, on one made at once, or on none at all."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from dotmac_billing import check_books, run_billing
from dotmac_billing.invoicing.service import bill_now, preview
from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.pending.service import add_pending, withdraw_pending
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.testing import payer, plan, subscribed, tax
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import Tenant

START = date(2026, 1, 31)
TODAY = date(2026, 11, 20)  # of the test's clock


async def rows(database: Database, tenant: Tenant, query: str, *values: object) -> list[Any]:
    async with database.read(tenant.id) as connection:
        return [tuple(row) for row in await connection.fetch(query, *values)]


def line(
    customer: UUID,
    amount: str,
    *,
    subscription_id: UUID | None = None,
    reverses_line_id: UUID | None = None,
) -> NewPendingLine:
    return NewPendingLine(
        customer_id=customer,
        kind=LineKind.CREDIT if amount.startswith("-") else LineKind.FEE,
        description="Goodwill",
        quantity=Decimal(1),
        unit_price=Decimal(amount),
        amount=Decimal(amount),
        currency="EUR",
        bill_from=START,
        subscription_id=subscription_id,
        reverses_line_id=reverses_line_id,
    )


async def subscribe(database: Database, tenant: Tenant) -> tuple[UUID, UUID]:
    async with database.transaction(tenant.id) as session:
        customer = await payer(session)
        return customer, await subscribed(session, customer=customer, since=START)


async def no_problem(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        assert await check_books(session) == []


async def test_the_preview_shows_what_waits_and_the_run_bills_it(
    database: Database, tenant: Tenant
) -> None:
    customer, subscription = await subscribe(database, tenant)
    async with database.transaction(tenant.id) as session:
        await add_pending(session, [line(customer, "-9.90", subscription_id=subscription)])

    async with database.transaction(tenant.id) as session:
        seen = await preview(session, subscription, periods=2)
    await run_billing(database, tenant.id, date(2026, 2, 28))

    assert [draft.totals.total for draft in seen] == [Decimal("40.00"), Decimal("49.90")]
    assert await rows(database, tenant, "SELECT total FROM billing.invoices ORDER BY sequence") == [
        (Decimal("40.00"),),
        (Decimal("49.90"),),
    ]
    await no_problem(database, tenant)


async def test_a_line_that_was_withdrawn_is_not_billed(database: Database, tenant: Tenant) -> None:
    customer, subscription = await subscribe(database, tenant)
    async with database.transaction(tenant.id) as session:
        ids = await add_pending(session, [line(customer, "5.00", subscription_id=subscription)])
        assert await withdraw_pending(session, ids) == ids

    await run_billing(database, tenant.id, START)

    assert await rows(database, tenant, "SELECT total FROM billing.invoices") == [
        (Decimal("49.90"),)
    ]


async def test_what_waits_can_be_billed_at_once(database: Database, tenant: Tenant) -> None:
    customer, subscription = await subscribe(database, tenant)
    async with database.transaction(tenant.id) as session:
        await add_pending(
            session,
            [line(customer, "5.00", subscription_id=subscription), line(customer, "2.00")],
        )

    async with database.transaction(tenant.id) as session:
        issued = await bill_now(session, [subscription])
    async with database.transaction(tenant.id) as session:
        again = await bill_now(session, [subscription])

    assert (len(issued), again) == (1, [])
    assert await rows(
        database, tenant, "SELECT kind, total, issued_on, bill_on FROM billing.invoices"
    ) == [("change", Decimal("7.00"), TODAY, None)]
    assert await rows(database, tenant, "SELECT billed_on FROM billing.subscriptions") == [(None,)]
    await no_problem(database, tenant)


async def test_more_credit_than_charges_becomes_credit_of_the_customer(
    database: Database, tenant: Tenant
) -> None:
    customer, subscription = await subscribe(database, tenant)
    async with database.transaction(tenant.id) as session:
        await add_pending(session, [line(customer, "-70.00", subscription_id=subscription)])

    await run_billing(database, tenant.id, date(2026, 2, 28))

    # 49.90 - 70.00 leaves 20.10, which the next invoice takes.
    assert await rows(
        database,
        tenant,
        "SELECT i.total, b.status, b.amount_due FROM billing.invoices i "
        "JOIN billing.invoice_balances b ON b.id = i.id ORDER BY i.sequence",
    ) == [
        (Decimal("-20.10"), "paid", Decimal(0)),
        (Decimal("49.90"), "partially_paid", Decimal("29.80")),
    ]
    await no_problem(database, tenant)


async def test_what_waits_when_all_is_over_gets_an_invoice_of_its_own(
    database: Database, tenant: Tenant
) -> None:
    customer, subscription = await subscribe(database, tenant)
    async with database.transaction(tenant.id) as session:
        alone = await payer(session)
        await SubscriptionService(session).cancel(subscription, CancelAt.DATE, on=START)
        await add_pending(
            session,
            [line(customer, "3.00", subscription_id=subscription), line(alone, "4.00")],
        )

    result = await run_billing(database, tenant.id, TODAY)

    assert result.invoices == 2
    assert await rows(
        database, tenant, "SELECT subscription_id, total FROM billing.invoices ORDER BY total"
    ) == [(subscription, Decimal("3.00")), (None, Decimal("4.00"))]
    await no_problem(database, tenant)


async def test_a_credit_has_the_tax_of_the_line_it_takes_back(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        vat = await tax(session, rate="0.19")
        fiber = await plan(session, price="30.00", tax_code=vat)
        customer = await payer(session)
        subscription = await subscribed(session, customer=customer, plan=fiber, since=START)
    await run_billing(database, tenant.id, START)
    [(line_id,)] = await rows(database, tenant, "SELECT id FROM billing.invoice_lines")
    async with database.transaction(tenant.id) as session:
        await tax(session, rate="0.25", since=date(2026, 2, 1))
        await add_pending(
            session,
            [
                line(
                    customer,
                    "-10.00",
                    subscription_id=subscription,
                    reverses_line_id=line_id,
                )
            ],
        )

    await run_billing(database, tenant.id, date(2026, 2, 28))

    assert await rows(
        database,
        tenant,
        "SELECT t.rate, t.net, t.tax FROM billing.invoice_taxes t "
        "JOIN billing.invoices i ON i.id = t.invoice_id WHERE i.sequence = 2 ORDER BY t.rate",
    ) == [
        (Decimal("0.19"), Decimal("-10.00"), Decimal("-1.90")),
        (Decimal("0.25"), Decimal("30.00"), Decimal("7.50")),
    ]
    await no_problem(database, tenant)


async def test_an_invoice_names_the_version_of_the_parties(
    database: Database, tenant: Tenant
) -> None:
    customer, _ = await subscribe(database, tenant)
    await run_billing(database, tenant.id, START)
    before = "UPDATE billing.customers SET name = 'Renamed', version = version + 1 WHERE id = $1"
    async with database.transaction(tenant.id) as session:
        connection = await driver_connection(session)
        await connection.execute(before, customer)

    assert await rows(
        database,
        tenant,
        "SELECT p.data->>'name' LIKE 'Customer %' FROM billing.party_versions p "
        "JOIN billing.invoices i ON i.customer_id = p.party_id AND i.customer_version = p.version",
    ) == [(True,)]
