"""`dotmac ledger` as an accountant uses it."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import BillingCycle, run_billing
from dotmac_billing.testing import payer, plan, subscribed
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .shell import Shell

JAN_1 = date(2026, 1, 1)


@pytest.fixture
async def books(composed: Database, provider: Tenant) -> Tenant:
    """1,200.00 billed on 1 January for the year, earned month by month."""

    async def arrange(session: AsyncSession) -> None:
        await session.execute(sa.text("UPDATE billing.settings SET recognition = 'monthly'"))
        yearly = await plan(session, price="1200.00", cycle=BillingCycle.ANNUALLY)
        await subscribed(session, plan=yearly, since=JAN_1, customer=await payer(session, "ACME"))

    await composed.run(provider.id, arrange)
    await run_billing(composed, provider.id, JAN_1, historical=True)
    return provider


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_a_month_is_closed_and_the_trial_balance_shows_what_it_earned(
    dotmac: Shell, books: Tenant
) -> None:
    closed = dotmac("ledger", "close", "2026-01-31", "--tenant", books.slug)
    span = ("--from", "2026-01-01", "--to", "2026-01-31", "--tenant", books.slug)
    shown = dotmac("ledger", "trial-balance", *span)
    told = dotmac("ledger", "trial-balance", *span, "--json")

    assert closed.returncode == 0, closed.stderr
    assert "closed up to 2026-01-31" in closed.stdout
    assert "USD up to 2026-01-31" in shown.stdout
    [dollars] = json.loads(told.stdout)
    standing = {line["account"]: float(line["closing"]) for line in dollars["lines"]}
    assert standing == {"receivable": 1200, "deferred_revenue": -1100, "revenue": -100}


def test_a_month_in_part_is_not_closed(dotmac: Shell, books: Tenant) -> None:
    refused = dotmac("ledger", "close", "2026-01-30", "--tenant", books.slug)

    assert refused.returncode != 0
    assert "closed up to" not in refused.stdout


def test_the_reports_are_tables_for_spreadsheets(dotmac: Shell, books: Tenant) -> None:
    tenant = ("--tenant", books.slug, "--csv")
    ageing = dotmac("ledger", "ageing", "--as-of", "2026-03-01", *tenant)
    deferred = dotmac("ledger", "deferred", "--from", "2026-01-01", "--to", "2026-03-31", *tenant)

    [owed] = [row for row in table(ageing.stdout) if row["customer"] == "ACME"]
    assert (float(owed["days_31_60"]), owed["currency"]) == (1200, "USD")
    assert {row["currency"] for row in table(deferred.stdout)} == {"USD"}


def test_the_journal_of_some_days_is_printed(dotmac: Shell, books: Tenant) -> None:
    days = ("--tenant", books.slug, "--from", "2026-01-01", "--to", "2026-01-31")
    as_csv = dotmac("ledger", "export", *days)
    as_lines = dotmac("ledger", "export", *days, "--format", "jsonl")

    rows = table(as_csv.stdout)
    assert {(row["account"], float(row["debit"]), float(row["credit"])) for row in rows} == {
        ("receivable", 1200, 0),
        ("deferred_revenue", 0, 1200),
    }
    told = [json.loads(line) for line in as_lines.stdout.splitlines()]
    assert [one["account"] for one in told] == [row["account"] for row in rows]


def test_another_tenants_books_are_empty(
    dotmac: Shell, books: Tenant, second_tenant: Tenant
) -> None:
    asked = ("ledger", "trial-balance", "--json", "--tenant")

    assert json.loads(dotmac(*asked, books.slug).stdout)
    assert json.loads(dotmac(*asked, second_tenant.slug).stdout) == []
