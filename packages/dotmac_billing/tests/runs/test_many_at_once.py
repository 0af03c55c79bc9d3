"""The bill run when it is many: statements, workers side by side, workers that die."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from dotmac_billing import check_books, run_billing
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .many import many

SINCE, THROUGH = date(2026, 1, 1), date(2026, 6, 30)
CUSTOMERS = 300
EACH = Decimal("42.28")  # 34.40 with 20 % tax, and 1.00 without
KILLS = 10
STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval", "copy_records_to_table")


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement sent within the block."""
    sent: list[str] = []

    def noting(original: Callable[..., object]) -> Callable[..., object]:
        def noted(self: object, text: str, *values: object, **more: object) -> object:
            sent.append(text)
            return original(self, text, *values, **more)

        return noted

    with monkeypatch.context() as patch:
        for name in STATEMENTS:
            patch.setattr(asyncpg.Connection, name, noting(getattr(asyncpg.Connection, name)))
        yield sent


async def figures(database: Database, tenant_id: UUID) -> dict[str, Any]:
    """What a run comes to, whoever did it."""
    async with database.read(tenant_id) as connection:
        row = await connection.fetchrow(
            "SELECT count(*) AS invoices, sum(total) AS billed, min(sequence) AS lowest, "
            "max(sequence) AS highest, count(DISTINCT (subscription_id, period_start)) AS periods, "
            "(SELECT sum(amount_due) FROM billing.invoice_balances) AS due, "
            "(SELECT sum(unapplied) FROM billing.payment_balances) AS credit, "
            "(SELECT count(*) FROM billing.invoice_lines) AS lines, "
            "(SELECT count(*) FROM billing.ledger_postings) AS postings, "
            "(SELECT count(*) FROM events.outbox WHERE name = 'billing.invoice_issued') AS facts, "
            "(SELECT count(*) FROM billing.subscriptions WHERE next_bill_on <= $1) AS waiting "
            "FROM billing.invoices",
            THROUGH,
        )
    assert row is not None
    return dict(row)


def expected(customers: int, months: int = 6) -> dict[str, Any]:
    invoices = customers * months
    billed, paid = EACH * invoices, Decimal(100) * -(-customers // 3)
    return {
        "invoices": invoices,
        "billed": billed,
        "lowest": 1,
        "highest": invoices,
        "periods": invoices,
        "due": billed - paid,
        "credit": Decimal(0),
        "lines": 3 * invoices,
        "postings": 3 * invoices + 2 * -(-customers // 3),
        "facts": invoices,
        "waiting": 0,
    }


def killed(command: list[str], *, after: int) -> bool:
    """Start the run and kill it after that many chunks; whether it was still alive."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(after + 1):  # the first line says that it has begun
            if not process.stdout.readline():
                return False
        alive = process.poll() is None
        process.kill()
        return alive


async def test_statements_do_not_grow_with_the_number_of_invoices(
    database: Database,
    tenant: Tenant,
    second_tenant: Tenant,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for customer_count, where in ((10, tenant), (150, second_tenant)):
        async with database.transaction(where.id) as session:
            await many(session, customer_count, since=SINCE)

    with counted(monkeypatch) as few:
        await run_billing(database, tenant.id, date(2026, 1, 31), concurrency=1)
    with counted(monkeypatch) as more:
        await run_billing(database, second_tenant.id, date(2026, 1, 31), concurrency=1)

    assert (await figures(database, second_tenant.id))["invoices"] == 150
    # More rows are written by COPY, which takes three statements for a table instead of none.
    assert len(more) <= len(few) + 30


async def test_a_chunk_of_one_takes_few_round_trips(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction(tenant.id) as session:
        await many(session, 12, since=SINCE)

    with counted(monkeypatch) as sent:
        await run_billing(database, tenant.id, date(2026, 1, 31), chunk_size=1, concurrency=1)

    assert len(sent) <= 12 * 12 + 30


async def test_two_runs_side_by_side_make_nothing_twice(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as session:
        await many(session, 90, since=SINCE)

    runs = await asyncio.gather(
        *(run_billing(database, tenant.id, THROUGH, chunk_size=20) for _ in range(2))
    )

    assert sum(run.invoices for run in runs) == 540
    assert await figures(database, tenant.id) == expected(90)
    async with database.transaction(tenant.id) as session:
        assert await check_books(session) == []


async def test_a_run_killed_again_and_again_ends_as_if_it_never_was(
    database: Database, database_url: str, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await many(session, CUSTOMERS, since=SINCE)
    command = [
        *(sys.executable, str(Path(__file__).with_name("killed_run.py"))),
        *(database_url, str(tenant.id), THROUGH.isoformat()),
    ]
    kills, seen = 0, set()
    while kills < KILLS:
        kills += await asyncio.to_thread(killed, command, after=random.randrange(6))  # noqa: S311 (any moment)
        seen.add((await figures(database, tenant.id))["invoices"])

    await run_billing(database, tenant.id, THROUGH)

    assert await figures(database, tenant.id) == expected(CUSTOMERS)
    assert len(seen) > 1, "every kill came before or after the work"
    async with database.transaction(tenant.id) as session:
        assert await check_books(session) == []
