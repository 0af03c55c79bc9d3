"""Who is late is late where the customer is, at the time it is for the tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_billing.corrections.jobs import overdue
from dotmac_billing.late_fees.jobs import late_fees
from dotmac_billing.testing import payer
from dotmac_core_events import TenantClockService, tail
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.tenants import register_tenant
from dotmac_core_ops.testing import Tenant

from .conftest import Books, Issued

ZONES = ("Pacific/Kiritimati", "UTC", "Pacific/Niue")
"""When it is noon of the 16th in UTC it is the 17th in the first and still the 16th elsewhere."""
DUE = datetime(2026, 11, 16, tzinfo=UTC)


async def _nothing() -> None:
    pass


@pytest.fixture
async def invoices(database: Database, tenant: Tenant) -> dict[str, Issued]:
    """One for a customer in each zone; all are due on 16 November 2026."""
    async with database.transaction(tenant.id) as session:
        return {
            zone: await Books(session).invoice(await payer(session, time_zone=zone))
            for zone in ZONES
        }


async def late(client: httpx.AsyncClient, invoices: dict[str, Issued]) -> list[str]:
    """The zones of those whose invoice is read as overdue, alone and in the list."""
    alone = []
    for zone, invoice in invoices.items():
        read = (await client.get(f"/invoices/{invoice.id}")).json()["data"]
        if read["status"] == "overdue":
            alone.append(zone)
    listed = (await client.get("/invoices", params={"status": "overdue"})).json()["data"]
    open_ones = (await client.get("/invoices", params={"status": "open"})).json()["data"]
    assert len(listed) == len(alone)
    assert len(listed) + len(open_ones) == len(invoices)
    return alone


@pytest.mark.parametrize(
    ("hours", "zones"), [(9, ()), (10, ZONES[:1]), (24, ZONES[:2]), (35, ZONES)]
)
async def test_an_invoice_is_overdue_when_the_last_day_is_over_where_its_customer_is(
    *,
    client: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    clock: FrozenClock,
    invoices: dict[str, Issued],
    hours: int,
    zones: tuple[str, ...],
) -> None:
    fee = {"code": "fee", "kind": "fixed", "amount": 5, "currency": "EUR", "description": "Fee"}
    await client.post("/late-fee-rules", json=fee)
    clock.move_to(DUE + timedelta(hours=hours))

    context = JobContext(database, clock, {}, tenant.id, 1, _nothing)
    await overdue.run(context)
    await late_fees.run(context)

    assert tuple(await late(client, invoices)) == zones
    told: dict[str, list[Any]] = {"billing.invoice_overdue": [], "billing.late_fee_charged": []}
    for event in await tail(database, tenant.id, limit=100):
        if event.name in told:
            told[event.name].append(event.payload["number"])
    numbers = sorted(invoices[zone].number for zone in zones)
    assert sorted(told["billing.invoice_overdue"]) == numbers
    assert sorted(told["billing.late_fee_charged"]) == numbers


async def test_a_tenant_for_tests_reads_its_invoices_at_its_own_time(
    signed_in: SignedIn, database: Database
) -> None:
    rehearsal = Tenant(new_id(), f"t-{new_id().hex[-12:]}")
    async with database.transaction(rehearsal.id) as session:
        await register_tenant(session, rehearsal.slug, is_test=True)
        await TenantClockService(session).freeze(DUE - timedelta(days=3))
    async with database.transaction(rehearsal.id) as session:
        invoice = await Books(session).invoice()  # four days late for all others

    client = signed_in(rehearsal)

    assert await late(client, {"UTC": invoice}) == []
