"""Billing one customer at once, as the founding guide does it."""

from __future__ import annotations

from datetime import date

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import check_books, run_billing
from dotmac_billing.testing import payer, plan, subscribed, tax
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant


async def _months(session: AsyncSession, since: date) -> str:
    customer = await payer(session)
    taxed = await plan(session, price="79.99", tax_code=await tax(session, rate="0"))
    await subscribed(session, plan=taxed, since=since, customer=customer)
    return str(customer)


async def test_what_is_due_is_billed_and_the_run_finds_nothing_left(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        customer = await _months(session, date(2026, 11, 20))

    answer = await client.post(f"/customers/{customer}/invoices")
    again = await client.post(f"/customers/{customer}/invoices")
    run = await run_billing(database, tenant.id, date(2026, 11, 20))

    assert answer.status_code == 201, answer.text
    invoice = answer.json()["data"]
    assert (invoice["amount"], invoice["total"], invoice["status"]) == (79.99, 79.99, "open")
    assert answer.json()["meta"]["invoice_ids"] == [invoice["id"]]
    assert (again.status_code, again.json()["error"]["code"]) == (409, "NOTHING_TO_BILL")
    assert run.invoices == 0
    async with database.transaction(tenant.id) as session:
        assert await check_books(session) == []


async def test_several_months_are_caught_up(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        customer = await _months(session, date(2026, 9, 10))

    answer = (await client.post(f"/customers/{customer}/invoices")).json()

    assert len(answer["meta"]["invoice_ids"]) == 3


async def test_nobody_is_billed_who_is_not_there(client: httpx.AsyncClient) -> None:
    assert (await client.post(f"/customers/{new_id()}/invoices")).status_code == 404
