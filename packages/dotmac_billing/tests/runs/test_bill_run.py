from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewComponent, NewPayment, check_books, record_payments, run_billing
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ComponentKind
from dotmac_billing.invoicing.service import preview
from dotmac_billing.runs.progress import RunProgress
from dotmac_billing.testing import LONG_AGO, payer, plan, subscribed, tax
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.testing import Tenant

JAN_31 = date(2026, 1, 31)
APR_30 = date(2026, 4, 30)
TODAY = date(2026, 11, 20)  # of the test's clock

T = TypeVar("T")


async def rows(database: Database, tenant: Tenant, query: str, *values: object) -> list[Any]:
    async with database.read(tenant.id) as connection:
        return [tuple(row) for row in await connection.fetch(query, *values)]


async def in_tenant(
    database: Database, tenant: Tenant, work: Callable[[AsyncSession], Awaitable[T]]
) -> T:
    async with database.transaction(tenant.id) as session:
        return await work(session)


async def test_months_are_billed_in_order_with_numbers_without_gap(
    database: Database, tenant: Tenant
) -> None:
    await in_tenant(database, tenant, lambda s: subscribed(s, since=JAN_31))

    result = await run_billing(database, tenant.id, APR_30)

    assert (result.invoices, result.total, result.historical) == (4, Decimal("199.60"), True)
    assert await rows(
        database,
        tenant,
        "SELECT number, period_start, period_end, issued_on, due_on, total FROM billing.invoices "
        "ORDER BY sequence",
    ) == [
        (f"INV-{n:06}", start, end, start, start + timedelta(days=14), Decimal("49.90"))
        for n, start, end in (
            (1, JAN_31, date(2026, 2, 28)),
            (2, date(2026, 2, 28), date(2026, 3, 31)),
            (3, date(2026, 3, 31), APR_30),
            (4, APR_30, date(2026, 5, 31)),
        )
    ]


async def test_a_second_run_makes_nothing(database: Database, tenant: Tenant) -> None:
    await in_tenant(database, tenant, lambda s: subscribed(s, since=JAN_31))
    await run_billing(database, tenant.id, APR_30)

    again = await run_billing(database, tenant.id, APR_30)

    assert again.invoices == 0
    assert await rows(database, tenant, "SELECT count(*) FROM billing.invoices") == [(4,)]


async def test_lines_tax_postings_and_fact_belong_to_an_invoice(
    database: Database, tenant: Tenant
) -> None:
    async def arrange(session: AsyncSession) -> None:
        vat = await tax(session)
        both = await plan(
            session,
            components=[
                NewComponent("base", "Line", Decimal("29.90"), tax_code=vat),
                NewComponent("tv", "Television", Decimal("4.50"), tax_code=vat),
                NewComponent("setup", "Set-up", Decimal(10), kind=ComponentKind.ONE_TIME),
            ],
        )
        await subscribed(session, plan=both, since=APR_30)

    await in_tenant(database, tenant, arrange)

    await run_billing(database, tenant.id, APR_30)

    assert await rows(database, tenant, "SELECT net, tax, total FROM billing.invoices") == [
        (Decimal("44.40"), Decimal("6.88"), Decimal("51.28"))
    ]
    assert await rows(
        database,
        tenant,
        "SELECT position, description, net, tax_rate FROM billing.invoice_lines ORDER BY position",
    ) == [
        (1, "Line", Decimal("29.90"), Decimal("0.2")),
        (2, "Television", Decimal("4.50"), Decimal("0.2")),
        (3, "Set-up", Decimal(10), None),
    ]
    assert await rows(
        database,
        tenant,
        "SELECT a.code, p.amount FROM billing.ledger_postings p "
        "JOIN billing.ledger_accounts a ON a.id = p.account_id ORDER BY p.amount DESC",
    ) == [
        ("receivable", Decimal("51.28")),
        ("tax_payable", Decimal("-6.88")),
        ("revenue", Decimal("-44.40")),
    ]
    assert await rows(
        database,
        tenant,
        "SELECT payload->>'number', payload->>'total', payload->'historical' FROM events.outbox "
        "WHERE name = 'billing.invoice_issued'",
    ) == [("INV-000001", "51.28", "true")]


async def test_a_run_for_today_issues_today_and_is_not_historical(
    database: Database, tenant: Tenant
) -> None:
    await in_tenant(database, tenant, lambda s: subscribed(s, since=date(2026, 10, 20)))

    result = await run_billing(database, tenant.id, TODAY)

    assert not result.historical
    assert await rows(
        database, tenant, "SELECT DISTINCT issued_on, historical FROM billing.invoices"
    ) == [(TODAY, False)]


async def test_today_is_the_customers_day(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    clock.advance(hours=8)  # 20:00 UTC is the 21st in Auckland

    async def arrange(session: AsyncSession) -> None:
        customer = await payer(session, time_zone="Pacific/Auckland")
        await subscribed(session, since=TODAY, customer=customer)

    await in_tenant(database, tenant, arrange)

    await run_billing(database, tenant.id, TODAY)

    assert await rows(database, tenant, "SELECT issued_on FROM billing.invoices") == [
        (TODAY + timedelta(days=1),)
    ]


async def test_nothing_is_billed_before_its_day_has_begun_where_the_subscriber_is(
    database: Database, tenant: Tenant, clock: FrozenClock
) -> None:
    clock.advance(hours=15)  # 03:00 UTC of the 21st is the evening of the 20th in New York
    tomorrow = TODAY + timedelta(days=1)

    async def arrange(session: AsyncSession) -> None:
        weekly = await plan(session, cycle=BillingCycle.WEEKLY)
        for zone in ("America/New_York", "Pacific/Auckland", "UTC"):
            customer = await payer(session, zone, time_zone=zone)
            for since in (tomorrow, tomorrow - timedelta(days=7)):
                await subscribed(session, plan=weekly, since=since, customer=customer)

    await in_tenant(database, tenant, arrange)
    billed = (
        "SELECT c.code, count(*), min(i.bill_on), max(i.bill_on) FROM billing.invoices i "
        "JOIN billing.customers c ON c.id = i.customer_id GROUP BY c.code ORDER BY c.code"
    )

    await run_billing(database, tenant.id)

    assert await rows(database, tenant, billed) == [
        ("America/New_York", 1, tomorrow - timedelta(days=7), tomorrow - timedelta(days=7)),
        ("Pacific/Auckland", 3, tomorrow - timedelta(days=7), tomorrow),
        ("UTC", 3, tomorrow - timedelta(days=7), tomorrow),
    ]
    clock.advance(hours=2)  # midnight in New York
    await run_billing(database, tenant.id)
    assert [row[1] for row in await rows(database, tenant, billed)] == [3, 3, 3]


async def test_in_arrears_the_last_days_are_billed_when_it_ends(
    database: Database, tenant: Tenant
) -> None:
    async def arrange(session: AsyncSession) -> None:
        late = await plan(session, price="31.00", timing=BillingTiming.ARREARS)
        await subscribed(session, plan=late, since=date(2026, 3, 1), until=date(2026, 4, 11))

    await in_tenant(database, tenant, arrange)

    await run_billing(database, tenant.id, APR_30)

    assert await rows(
        database, tenant, "SELECT issued_on, total FROM billing.invoices ORDER BY sequence"
    ) == [
        (date(2026, 4, 1), Decimal("31.00")),
        (date(2026, 4, 11), round(Decimal("31.00") * 10 / 30, 2)),
    ]
    assert await rows(database, tenant, "SELECT next_bill_on FROM billing.subscriptions") == [
        (None,)
    ]


async def test_cycles_catch_up_together(database: Database, tenant: Tenant) -> None:
    async def arrange(session: AsyncSession) -> None:
        for cycle in BillingCycle:
            each = await plan(session, price="1.00", cycle=cycle)
            await subscribed(session, plan=each, since=date(2026, 1, 1))

    await in_tenant(database, tenant, arrange)

    result = await run_billing(database, tenant.id, date(2026, 6, 30))

    # weeks, months, quarters, half-years, years, once
    assert result.invoices == 26 + 6 + 2 + 1 + 1 + 1


async def test_credit_pays_the_next_invoices_oldest_first(
    database: Database, tenant: Tenant
) -> None:
    async def arrange(session: AsyncSession) -> None:
        customer = await payer(session)
        await subscribed(session, since=JAN_31, customer=customer)
        await record_payments(
            session,
            [
                NewPayment(customer, Decimal("40.00"), received_on=date(2026, 1, 2)),
                NewPayment(customer, Decimal("30.00"), received_on=date(2026, 1, 1)),
            ],
        )

    await in_tenant(database, tenant, arrange)

    await run_billing(database, tenant.id, date(2026, 2, 28))

    assert await rows(
        database,
        tenant,
        "SELECT i.number, b.status, b.amount_paid, b.amount_due, b.paid_on "
        "FROM billing.invoice_balances b JOIN billing.invoices i ON i.id = b.id ORDER BY 1",
    ) == [
        ("INV-000001", "paid", Decimal("49.90"), 0, JAN_31),
        ("INV-000002", "partially_paid", Decimal("20.10"), Decimal("29.80"), None),
    ]
    assert await in_tenant(database, tenant, check_books) == []


async def test_an_invoice_over_nothing_is_paid_at_once_and_not_booked(
    database: Database, tenant: Tenant
) -> None:
    async def arrange(session: AsyncSession) -> None:
        await subscribed(session, plan=await plan(session, price="0"), since=APR_30)

    await in_tenant(database, tenant, arrange)

    await run_billing(database, tenant.id, APR_30)

    assert await rows(database, tenant, "SELECT status, paid_on FROM billing.invoice_balances") == [
        ("paid", APR_30)
    ]
    assert await rows(database, tenant, "SELECT count(*) FROM billing.ledger_entries") == [(0,)]
    assert await in_tenant(database, tenant, check_books) == []


async def test_what_cannot_be_billed_is_named_and_does_not_hold_the_rest(
    database: Database, tenant: Tenant
) -> None:
    async def arrange(session: AsyncSession) -> UUID:
        await tax(session, "NEW", since=date(2026, 3, 1))
        taxed = await plan(session, tax_code="NEW")
        await subscribed(session, since=JAN_31)
        return await subscribed(session, plan=taxed, since=JAN_31)

    broken = await in_tenant(database, tenant, arrange)

    result = await run_billing(database, tenant.id, APR_30)

    assert [(one.subscription_id, one.code) for one in result.failures] == [
        (broken, "TAX_RATE_MISSING")
    ]
    assert result.invoices == 4
    assert await rows(
        database, tenant, "SELECT next_bill_on FROM billing.subscriptions WHERE id = $1", broken
    ) == [(JAN_31,)]
    assert await rows(database, tenant, "SELECT status, failed FROM billing.bill_runs") == [
        ("completed", 1)
    ]


async def test_a_period_that_has_its_invoice_is_not_billed_again(
    database: Database, tenant: Tenant
) -> None:
    await in_tenant(database, tenant, lambda s: subscribed(s, since=JAN_31))
    await run_billing(database, tenant.id, APR_30)

    async def set_back(session: AsyncSession) -> None:
        connection = await driver_connection(session)
        await connection.execute("UPDATE billing.subscriptions SET next_bill_on = '2026-03-31'")

    await in_tenant(database, tenant, set_back)

    again = await run_billing(database, tenant.id, date(2026, 5, 31))

    assert again.invoices == 1
    assert await rows(database, tenant, "SELECT count(*) FROM billing.invoices") == [(5,)]
    assert await in_tenant(database, tenant, check_books) == []


async def test_the_preview_is_what_the_run_makes(database: Database, tenant: Tenant) -> None:
    async def arrange(session: AsyncSession) -> UUID:
        taxed = await plan(session, price="49.99", tax_code=await tax(session))
        return await subscribed(
            session, plan=taxed, since=date(2026, 1, 20), anchor=date(2026, 1, 31)
        )

    subscription = await in_tenant(database, tenant, arrange)
    seen = await in_tenant(database, tenant, lambda s: preview(s, subscription, periods=4))

    await run_billing(database, tenant.id, date(2026, 3, 31))

    assert [(bill.period_start, bill.totals.total) for bill in seen] == await rows(
        database, tenant, "SELECT period_start, total FROM billing.invoices ORDER BY sequence"
    )


async def test_progress_is_told_and_recorded(database: Database, tenant: Tenant) -> None:
    await in_tenant(database, tenant, lambda s: subscribed(s, since=JAN_31))
    told: list[RunProgress] = []

    result = await run_billing(database, tenant.id, APR_30, on_progress=told.append)

    assert [(one.wave, one.invoices) for one in told] == [
        (JAN_31, 1),
        (date(2026, 2, 28), 2),
        (date(2026, 3, 31), 3),
        (APR_30, 4),
    ]
    assert await rows(
        database, tenant, "SELECT id, status, invoices, total, chunks, wave FROM billing.bill_runs"
    ) == [(result.run_id, "completed", 4, Decimal("199.60"), 4, APR_30)]


async def test_each_chunk_leaves_a_trace_in_the_audit_log(
    database: Database, tenant: Tenant
) -> None:
    await in_tenant(database, tenant, lambda s: subscribed(s, since=JAN_31))

    await run_billing(database, tenant.id, JAN_31)

    assert await rows(
        database,
        tenant,
        "SELECT after->>'first', after->'invoices' FROM core.audit_log "
        "WHERE action = 'invoices.issue'",
    ) == [("INV-000001", "1")]


async def test_a_run_that_fails_says_so(database: Database, tenant: Tenant) -> None:
    await in_tenant(database, tenant, lambda s: subscribed(s, since=JAN_31))

    def stop(_: RunProgress) -> None:
        raise KeyError("the terminal is gone")

    with pytest.raises(KeyError):
        await run_billing(database, tenant.id, APR_30, on_progress=stop)

    assert await rows(database, tenant, "SELECT status, error FROM billing.bill_runs") == [
        ("failed", "KeyError")
    ]


async def test_another_tenants_subscriptions_are_not_billed(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    await in_tenant(database, second_tenant, lambda s: subscribed(s, since=LONG_AGO))

    assert (await run_billing(database, tenant.id, APR_30)).invoices == 0
