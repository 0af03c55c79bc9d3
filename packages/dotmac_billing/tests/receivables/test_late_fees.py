"""Late fees as they are charged, billed and waived."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from dotmac_billing import NewPayment, check_books, module, record_payments
from dotmac_billing.late_fees.jobs import late_fees
from dotmac_billing.pending.models import PendingLine
from dotmac_core_events import create_worker
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.testing import Tenant

from .conftest import Books, Issued

INTEREST = {
    "code": "interest",
    "kind": "monthly_interest",
    "rate": 0.015,
    "description": "Interest for late payment",
}


async def _nothing() -> None:
    pass


@pytest.fixture
async def invoice(database: Database, tenant: Tenant) -> Issued:
    """240.00, due on 16 November 2026; today is the 20th."""
    async with database.transaction(tenant.id) as session:
        return await Books(session).invoice()


async def charged(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, invoice: Issued
) -> list[dict[str, Any]]:
    await late_fees.run(JobContext(database, database.clock, {}, tenant.id, 1, _nothing))
    found: list[dict[str, Any]] = (await client.get(f"/invoices/{invoice.id}/late-fees")).json()[
        "data"
    ]
    return found


async def test_interest_is_charged_month_by_month_and_for_the_last_days(
    client: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    clock: FrozenClock,
    invoice: Issued,
) -> None:
    rule = await client.post("/late-fee-rules", json=INTEREST)
    assert rule.status_code == 201, rule.text
    nothing_yet = await charged(client, database, tenant, invoice)
    clock.advance(days=27)  # 17 December: a month of being late is over
    await charged(client, database, tenant, invoice)
    [first] = await charged(client, database, tenant, invoice)
    async with database.transaction(tenant.id) as session:
        paid = NewPayment(invoice.customer_id, Decimal(240), date(2026, 12, 17))
        await record_payments(session, [paid])
    await create_worker([module], database, clock).drain()

    _, last = (await client.get(f"/invoices/{invoice.id}/late-fees")).json()["data"]

    assert nothing_yet == []
    assert (first["from_on"], first["to_on"], first["amount"]) == ("2026-11-17", "2026-12-17", 3.6)
    # One day of the 31 from 17 December: 3.60 / 31.
    assert (last["from_on"], last["to_on"], last["amount"]) == ("2026-12-17", "2026-12-18", 0.12)
    async with database.transaction(tenant.id) as session:
        lines = (await session.scalars(sa.select(PendingLine).order_by(PendingLine.id))).all()
        assert [line.amount for line in lines] == [Decimal("3.60"), Decimal("0.12")]
        assert lines[0].description == "Interest for late payment (INV-000001)"
        assert await check_books(session) == []


async def test_fees_that_wait_are_withdrawn_when_they_are_waived(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, invoice: Issued
) -> None:
    fixed = {"code": "fee", "kind": "fixed", "amount": 5, "currency": "EUR", "description": "Fee"}
    await client.post("/late-fee-rules", json=fixed)
    [fee] = await charged(client, database, tenant, invoice)

    path = f"/invoices/{invoice.id}/late-fees/waiver"
    waived = (await client.post(path, json={"reason": "our bank's fault"})).json()["data"]
    again = await client.post(path, json={"reason": "twice"})

    assert (fee["amount"], fee["is_withdrawn"]) == (5, False)
    assert [one["is_withdrawn"] for one in waived] == [True]
    assert (again.status_code, again.json()["error"]["code"]) == (409, "LATE_FEES_WAIVED")
    assert len(await charged(client, database, tenant, invoice)) == 1


async def test_a_retired_rule_charges_nothing(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, invoice: Issued
) -> None:
    share = {"code": "share", "kind": "percent", "rate": 0.05, "description": "Five percent"}
    rule = (await client.post("/late-fee-rules", json=share)).json()["data"]

    retired = (await client.post(f"/late-fee-rules/{rule['id']}/retire")).json()["data"]

    assert retired["is_active"] is False
    assert await charged(client, database, tenant, invoice) == []
    assert [one["code"] for one in (await client.get("/late-fee-rules")).json()["data"]] == [
        "share"
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({**INTEREST, "amount": 5}, 422, "LATE_FEE_RULE_INVALID"),
        ({**INTEREST, "cap": 5}, 422, "LATE_FEE_RULE_INVALID"),
        ({**INTEREST, "kind": "fixed"}, 422, "LATE_FEE_RULE_INVALID"),
        ({**INTEREST, "rate": 1.5}, 422, "VALIDATION_FAILED"),
        (INTEREST, 409, "LATE_FEE_RULE_TAKEN"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any], status: int, code: str
) -> None:
    if status == 409:
        await client.post("/late-fee-rules", json=body)

    answer = await client.post("/late-fee-rules", json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    waiver = await client.post(f"/invoices/{new_id()}/late-fees/waiver", json={"reason": "x"})

    assert waiver.status_code == 404
    assert (await client.post(f"/late-fee-rules/{new_id()}/retire")).status_code == 404
