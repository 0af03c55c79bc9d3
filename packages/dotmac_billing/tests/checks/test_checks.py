"""Each check finds the fault that it is there for; without a fault there is no finding."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, check_books, record_payments, run_billing
from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.checks.service import MOST_CASES
from dotmac_billing.closing.service import close_books
from dotmac_billing.recognition.service import recognise
from dotmac_billing.settings.recognition import Recognition
from dotmac_billing.settings.service import SettingsChange, SettingsService
from dotmac_billing.testing import payer, plan, subscribed, tax
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

THROUGH = date(2026, 3, 31)
FIRST_ENTRY = """(SELECT entry_id FROM billing.ledger_postings
  WHERE tenant_id = core.current_tenant() ORDER BY id LIMIT 1)"""
ONE = "(SELECT id FROM billing.{0} WHERE tenant_id = core.current_tenant() ORDER BY id LIMIT 1)"


@pytest.fixture
async def books(database: Database, tenant: Tenant) -> Tenant:
    """Three taxed invoices, the first paid and the second half paid."""
    async with database.transaction(tenant.id) as session:
        taxed = await plan(session, tax_code=await tax(session))
        customer = await payer(session)
        await subscribed(session, plan=taxed, since=date(2026, 1, 31), customer=customer)
        await record_payments(session, [NewPayment(customer, Decimal(90), date(2026, 1, 1))])
    await run_billing(database, tenant.id, THROUGH)
    return tenant


@pytest.fixture
async def vandal(database_url: str, books: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """The tables' owner with triggers off: nobody else could spoil what is append-only."""
    connection = await asyncpg.connect(database_url)
    await connection.execute(f"SET ROLE dotmac_owner; SET app.tenant_id = '{books.id}'")
    yield connection
    await connection.close()


async def spoil(vandal: asyncpg.Connection, table: str, damage: str) -> None:
    """Do `damage` to `table` behind the triggers' back, in one transaction for all to see."""
    async with vandal.transaction():
        await vandal.execute(
            f"ALTER TABLE billing.{table} DISABLE TRIGGER USER; {damage}; "
            f"ALTER TABLE billing.{table} ENABLE TRIGGER USER"
        )


async def findings(database: Database, tenant: Tenant) -> set[str]:
    async with database.transaction(tenant.id) as session:
        return {finding.check for finding in await check_books(session)}


async def test_sound_books_have_no_findings(database: Database, books: Tenant) -> None:
    assert await findings(database, books) == set()


@pytest.mark.parametrize(
    "fault",
    [
        (
            "entries_balance",
            "ledger_postings",
            "UPDATE billing.ledger_postings SET amount = amount + 1 WHERE id = {one}",
        ),
        (
            "sources_are_booked",
            "ledger_postings",
            "DELETE FROM billing.ledger_postings WHERE entry_id = {first_entry}",
        ),
        (
            "receivable_is_what_is_owed",
            "ledger_postings",
            "UPDATE billing.ledger_postings SET customer_id = id WHERE customer_id IS NOT NULL",
        ),
        (
            "numbers_have_no_gap",
            "invoices",
            "UPDATE billing.invoices SET sequence = sequence + 10 WHERE id = {one}",
        ),
        (
            "numbers_have_no_gap",
            "number_series",
            "UPDATE billing.number_series SET next_sequence = 9",
        ),
        (
            "totals_equal_lines",
            "invoice_lines",
            "UPDATE billing.invoice_lines SET net = net + 0.01 WHERE id = {one}",
        ),
        (
            "totals_equal_lines",
            "invoice_taxes",
            "DELETE FROM billing.invoice_taxes WHERE id = {one}",
        ),
        (
            "invoices_are_paid_as_allocated",
            "payment_allocations",
            "UPDATE billing.payment_allocations SET amount = amount - 1 WHERE id = {one}",
        ),
        (
            "invoices_are_paid_as_allocated",
            "invoice_balances",
            "UPDATE billing.invoice_balances SET status = 'open' WHERE status = 'paid'",
        ),
        (
            "payments_are_used_as_allocated",
            "payment_balances",
            "UPDATE billing.payment_balances SET unapplied = unapplied + 5",
        ),
    ],
)
async def test_a_fault_is_found(
    database: Database, books: Tenant, vandal: asyncpg.Connection, fault: tuple[str, str, str]
) -> None:
    check, table, damage = fault

    await spoil(vandal, table, damage.format(one=ONE.format(table), first_entry=FIRST_ENTRY))

    assert check in await findings(database, books)


async def test_of_many_cases_some_are_named_and_the_rest_counted(
    database: Database, tenant: Tenant, database_url: str
) -> None:
    async with database.transaction(tenant.id) as session:
        await subscribed(session, since=date(2024, 1, 31))
    await run_billing(database, tenant.id, THROUGH)
    connection = await asyncpg.connect(database_url)
    await connection.execute(f"SET ROLE dotmac_owner; SET app.tenant_id = '{tenant.id}'")
    await spoil(connection, "invoice_lines", "UPDATE billing.invoice_lines SET net = 1")
    await connection.close()

    async with database.transaction(tenant.id) as session:
        found = await check_books(session)

    assert len(found) == MOST_CASES + 1
    assert found[0].subject.startswith("INV-")
    assert found[-1].problem == "and 7 more"


@pytest.fixture
async def earning(database: Database, tenant: Tenant) -> Tenant:
    """A year billed ahead, of which two months are earned and the first is closed."""

    async def change(session: AsyncSession) -> None:
        service = SettingsService(session)
        basis = SettingsChange(recognition=Recognition.MONTHLY)
        await service.change(await service.locked(), basis)
        yearly = await plan(
            session, price="1200.00", cycle=BillingCycle.ANNUALLY, tax_code=await tax(session)
        )
        await subscribed(session, plan=yearly, since=date(2026, 1, 1))

    await database.run(tenant.id, change)
    await run_billing(database, tenant.id, date(2026, 1, 1), historical=True)
    await database.run(tenant.id, lambda session: recognise(session, date(2026, 2, 28)))
    closing = date(2026, 1, 31)
    await database.run(tenant.id, lambda session: close_books(session, closing))
    return tenant


@pytest.mark.parametrize(
    ("check", "table", "damage"),
    [
        (
            "deferred_revenue_is_to_be_earned",
            "recognition_schedules",
            "UPDATE billing.recognition_schedules SET recognised = recognised + 1",
        ),
        (
            "schedules_add_up",
            "recognition_slices",
            "DELETE FROM billing.recognition_slices WHERE id = {one}",
        ),
        (
            "schedules_add_up",
            "invoice_lines",
            "UPDATE billing.invoice_lines SET net = net - 1 WHERE id = {one}",
        ),
        (
            "tax_payable_is_on_documents",
            "invoices",
            "UPDATE billing.invoices SET tax = tax + 1, total = total + 1",
        ),
        (
            "closed_months_stand",
            "ledger_month_sums",
            "UPDATE billing.ledger_month_sums SET debit = debit + 1",
        ),
        (
            "closed_months_stand",
            "ledger_entries",
            "UPDATE billing.ledger_entries SET occurred_on = '2026-02-01' WHERE id = {one}",
        ),
    ],
)
async def test_a_fault_of_what_is_earned_is_found(
    *,
    database: Database,
    earning: Tenant,
    database_url: str,
    check: str,
    table: str,
    damage: str,
) -> None:
    assert await findings(database, earning) == set()
    vandal = await asyncpg.connect(database_url)
    await vandal.execute(f"SET ROLE dotmac_owner; SET app.tenant_id = '{earning.id}'")

    await spoil(vandal, table, damage.format(one=ONE.format(table)))

    await vandal.close()
    assert check in await findings(database, earning)
