"""A year of fifty customers of every kind on a test clock, against figures worked out by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import Request

from dotmac_billing import check_books, import_tax_pack, open_billing, open_customers
from dotmac_core_events import TenantClockService
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenants import register_tenant
from dotmac_core_ops.testing import Tenant
from dotmac_platform.application import build
from tests.journeys.year.diary import DIARY, FIRST_DAY, customers
from tests.journeys.year.figures import ACCOUNTS, Figures, sheet
from tests.journeys.year.life import Life, live, noon

LAST_INSTANT = datetime(2026, 12, 31, 22, tzinfo=UTC)  # an hour of it is left in Berlin
PRICE_LIST = Path(__file__).parent / "year" / "price-list.yaml"

_CUSTOMERS = """
WITH paid AS (
  SELECT customer_id, sum(amount) AS amount FROM billing.payments WHERE kind = 'payment'
  GROUP BY customer_id
), movements AS (
  SELECT w.customer_id, -sum(m.amount) FILTER (WHERE m.kind = 'drawn') AS out,
    sum(g.amount) FILTER (WHERE m.kind = 'granted' AND g.is_paid) AS into
  FROM billing.wallet_movements m JOIN billing.wallets w ON w.id = m.wallet_id
  JOIN billing.wallet_grants g ON g.id = m.grant_id
  GROUP BY w.customer_id
), noted AS (
  SELECT customer_id, sum(total) AS amount FROM billing.credit_notes GROUP BY customer_id
), invoiced AS (
  SELECT i.customer_id, count(*) AS invoices, sum(i.net) AS net, sum(i.tax) AS tax,
    sum(i.total) AS billed, sum(b.amount_due) AS open, sum(b.amount_written_off) AS lost
  FROM billing.invoices i JOIN billing.invoice_balances b ON b.id = i.id GROUP BY i.customer_id
), credit AS (
  SELECT customer_id, sum(unapplied) AS amount FROM billing.payment_balances GROUP BY customer_id
)
SELECT c.code, coalesce(i.invoices, 0), coalesce(i.net, 0), coalesce(i.tax, 0),
  coalesce(i.billed, 0), coalesce(p.amount, 0), coalesce(m.into, 0), coalesce(m.out, 0),
  coalesce(n.amount, 0), coalesce(i.lost, 0), coalesce(i.open, 0), coalesce(u.amount, 0)
FROM billing.customers c LEFT JOIN invoiced i ON i.customer_id = c.id
LEFT JOIN paid p ON p.customer_id = c.id LEFT JOIN movements m ON m.customer_id = c.id
LEFT JOIN noted n ON n.customer_id = c.id LEFT JOIN credit u ON u.customer_id = c.id
"""
_ACCOUNTS = """
SELECT e.currency, a.code, sum(p.amount) FROM billing.ledger_postings p
JOIN billing.ledger_entries e ON e.id = p.entry_id
JOIN billing.ledger_accounts a ON a.id = p.account_id
GROUP BY e.currency, a.code
"""
# Billed on the day it became due, where the customer lives.
_LATE = """
SELECT c.code, i.bill_on, i.issued_on FROM billing.invoices i
JOIN billing.customers c ON c.id = i.customer_id WHERE i.issued_on <> i.bill_on
ORDER BY i.bill_on
"""
# What became due after the run of its day, by something done at noon.
_NEXT_DAY = [
    ("paused", date(2026, 3, 11), date(2026, 3, 12)),
    ("restart", date(2026, 3, 16), date(2026, 3, 17)),
    ("heir", date(2026, 5, 11), date(2026, 5, 12)),
]
_NUMBERS = "SELECT min(sequence), max(sequence), count(*) FROM billing.invoices"


@pytest.fixture
async def life(database: Database) -> AsyncIterator[Life]:
    """The company on the evening before, with its price list."""
    tenant = Tenant(new_id(), f"year-{new_id().hex[-12:]}")
    async with database.transaction(tenant.id) as session:
        await register_tenant(session, tenant.slug, is_test=True)
        await TenantClockService(session).freeze(noon(FIRST_DAY))
    async with database.transaction(tenant.id) as session:
        await open_billing(session, currency="EUR", time_zone="Europe/Berlin", country="DE")
        await import_tax_pack(session, "eu")
        opened = await open_customers(session, customers())
    app = build(Settings(environment="test", api_rate_limit=10**9), database)
    owner = Principal(tenant.id, "owner", "user", "Owner", frozenset({"*"}))

    async def authenticate(_: Request) -> Principal:
        return owner

    app.state.authenticate = authenticate
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://year/api/v1") as client:
        life = Life(database, tenant, client, dict(opened.ids))
        await life.post("/catalog/apply", yaml=PRICE_LIST.read_text())
        body = {"country": "DE", "scheme": "oss", "valid_from": "2026-01-01"}
        await life.post("/tax-registrations", **body)
        life.plans = {plan["code"]: plan["id"] for plan in await life.get("/plans?per_page=100")}
        yield life


async def rows(life: Life, query: str) -> list[tuple[Any, ...]]:
    async with life.database.read(life.tenant.id) as connection:
        return [tuple(row) for row in await connection.fetch(query)]


@pytest.mark.journey
async def test_a_year_comes_to_the_figures_worked_out_by_hand(life: Life) -> None:
    await live(life, DIARY, LAST_INSTANT)

    found = {code: Figures(*row) for code, *row in await rows(life, _CUSTOMERS)}
    booked = {tuple(key): amount for *key, amount in await rows(life, _ACCOUNTS)}
    expected = sheet()
    assert found == expected
    assert booked == ACCOUNTS
    invoices = sum(figures.invoices for figures in expected.values())
    assert await rows(life, _NUMBERS) == [(1, invoices, invoices)]
    async with life.database.transaction(life.tenant.id) as session:
        assert await check_books(session) == []
    assert await rows(life, _LATE) == _NEXT_DAY
