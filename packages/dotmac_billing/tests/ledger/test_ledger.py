from datetime import date
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.entries import Entry
from dotmac_billing.ledger.errors import UnbalancedEntryError
from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_billing.ledger.service import LedgerService
from dotmac_core_ops.database import Database, driver_connection, new_id
from dotmac_core_ops.testing import Tenant

DAY = date(2026, 10, 31)


def entry(*postings: tuple[str, str]) -> Entry:
    amounts = tuple((code, Decimal(amount)) for code, amount in postings)
    return Entry(DAY, "test", new_id(), "EUR", "A test", new_id(), amounts)


async def test_an_entry_moves_balances(session: AsyncSession) -> None:
    await LedgerService.within(session).post(
        [
            entry(("cash", "10.00"), ("receivable", "-10.00")),
            entry(("receivable", "25.00"), ("revenue", "-20.00"), ("tax_payable", "-5.00")),
        ]
    )

    balances = await LedgerRepository(session).balances(None)

    assert {row["code"]: row["balance"] for row in balances} == {
        "cash": Decimal("10.00"),
        "receivable": Decimal("15.00"),
        "revenue": Decimal("-20.00"),
        "tax_payable": Decimal("-5.00"),
    }


async def test_a_balance_is_of_a_day(session: AsyncSession) -> None:
    await LedgerService.within(session).post([entry(("cash", "10"), ("receivable", "-10"))])

    assert await LedgerRepository(session).balances(date(2026, 10, 30)) == []
    assert len(await LedgerRepository(session).balances(DAY)) == 2


def test_an_entry_that_does_not_balance_cannot_be_made() -> None:
    with pytest.raises(UnbalancedEntryError):
        entry(("cash", "10.00"), ("receivable", "-9.99"))


@pytest.mark.parametrize("amounts", [["10.00"], ["10.00", "-9.99"]])
async def test_postgresql_refuses_postings_that_do_not_balance(
    session: AsyncSession, amounts: list[str]
) -> None:
    accounts = await LedgerRepository(session).accounts()
    await LedgerService.within(session).post([entry(("cash", "10"), ("receivable", "-10"))])
    connection = await driver_connection(session)
    found = await connection.fetchval("SELECT id FROM billing.ledger_entries")

    savepoint = connection.transaction()
    await savepoint.start()
    insert = connection.execute(
        "INSERT INTO billing.ledger_postings (id, entry_id, account_id, amount) "
        "SELECT gen_random_uuid(), $1, $2, unnest($3::numeric[])",
        found,
        accounts["cash"],
        [Decimal(amount) for amount in amounts],
    )
    with pytest.raises(asyncpg.CheckViolationError):
        await insert
    await savepoint.rollback()


@pytest.mark.parametrize(
    "table",
    [
        *("ledger_entries", "ledger_postings", "invoices", "invoice_lines", "invoice_taxes"),
        *("payments", "payment_allocations"),
    ],
)
@pytest.mark.parametrize("change", ["UPDATE billing.{} SET id = id", "DELETE FROM billing.{}"])
async def test_what_was_written_stands(
    database: Database, tenant: Tenant, table: str, change: str
) -> None:
    async def write(session: AsyncSession) -> None:
        await (await driver_connection(session)).execute(change.format(table))

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.run(tenant.id, write)


async def test_not_even_the_owner_changes_what_was_written(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute("SET ROLE dotmac_owner; DELETE FROM billing.invoices")
    finally:
        await connection.close()
