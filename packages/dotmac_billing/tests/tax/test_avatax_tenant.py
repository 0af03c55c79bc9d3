"""A tenant whose tax AvaTax works out: from the bill run to the credit note, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewComponent, check_books, module, run_billing
from dotmac_billing.credit_notes.asked import NewCreditNote
from dotmac_billing.credit_notes.reasons import CreditReason
from dotmac_billing.credit_notes.service import CreditNoteService
from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService, preview
from dotmac_billing.remote_tax.calculators import open_calculators_by
from dotmac_billing.runs.progress import RunResult
from dotmac_billing.settings.service import SettingsChange, SettingsService, open_billing
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.tax.adapters.avalara import AvalaraTaxCalculator
from dotmac_billing.tax_law.service import TaxLawService
from dotmac_billing.testing import plan, subscribed
from dotmac_core_events import create_worker
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .avatax_standin import ACCOUNT, KEY, Standin, running_avatax

FEBRUARY = date(2026, 2, 1)

INVOICES = """
SELECT i.id, c.code, i.net, i.tax, i.total, i.tax_rounding, l.tax_code, l.tax AS line_tax,
       d.status AS filed
FROM billing.invoices i
JOIN billing.customers c ON c.id = i.customer_id
JOIN billing.invoice_lines l ON l.invoice_id = i.id
LEFT JOIN billing.tax_documents d ON d.id = i.id
ORDER BY c.code, i.id, l.position
"""
TAXES = """
SELECT t.name, t.jurisdiction, t.rate, t.net, t.tax FROM billing.invoice_taxes t
JOIN billing.invoices i ON i.id = t.invoice_id JOIN billing.customers c ON c.id = i.customer_id
WHERE c.code = $1 ORDER BY t.id
"""


@pytest.fixture
def avatax() -> Iterator[Standin]:
    """AvaTax, and nobody waits between attempts."""

    async def at_once(_: float) -> None:
        return None

    with running_avatax() as standin:

        def opened(_: TaxCalculatorName) -> AvalaraTaxCalculator:
            return AvalaraTaxCalculator(
                ACCOUNT, KEY, "ISP", base_url=standin.url, attempts=2, sleep=at_once
            )

        before = open_calculators_by(opened)
        yield standin
        if before is not None:
            open_calculators_by(before)


async def a_seller(session: AsyncSession) -> dict[str, UUID]:
    """Two buyers in California and one where there is no state, each with internet for 100.00."""
    await open_billing(session, currency="USD", country="US")
    settings = SettingsService(session)
    change = SettingsChange(tax_calculator=TaxCalculatorName.AVALARA)
    await settings.change(await settings.locked(), change)
    await TaxLawService(session).add_category("internet", "Internet", external_code="SI020000")
    opened = await open_customers(
        session,
        [
            OpenCustomer("ann", "Ann", country="US", region="CA", postal_code="90001"),
            OpenCustomer("bob", "Bob", country="US", region="CA", postal_code="90001"),
            OpenCustomer("zoe", "Zoe", country="US", region="ZZ"),
        ],
    )
    lines = [
        NewComponent("base", "Internet", Decimal("100.00"), tax_code="internet"),
        NewComponent("router", "Router", Decimal("19.99"), tax_code="internet"),
    ]
    offer = await plan(session, components=lines, currency="USD")
    for customer in opened.ids.values():
        await subscribed(session, plan=offer, since=FEBRUARY, customer=customer)
    return opened.ids


async def invoices(database: Database, tenant: Tenant) -> dict[str, dict[str, Any]]:
    async with database.read(tenant.id) as connection:
        return {row["code"]: dict(row) for row in await connection.fetch(INVOICES)}


async def billed(database: Database, tenant: Tenant) -> RunResult:
    return await run_billing(database, tenant.id, FEBRUARY)


async def delivered(database: Database, clock: FrozenClock, tenant: Tenant) -> int:
    """Hand over what is due; how many events failed."""
    done = await create_worker([module], database, clock).drain(tenant.id)
    return done.failed_events


def statuses(avatax: Standin) -> list[str]:
    return sorted(one["status"] for one in avatax.transactions.values())


@pytest.mark.usefixtures("avatax")
async def test_a_run_bills_what_avatax_answers_and_reports_what_it_refuses(
    database: Database, tenant: Tenant
) -> None:
    await database.run(tenant.id, a_seller)

    result = await billed(database, tenant)

    assert (result.invoices, [one.code for one in result.failures]) == (2, ["TAX_SERVICE_REFUSED"])
    assert "no such region" in result.failures[0].message
    found = await invoices(database, tenant)
    assert sorted(found) == ["ann", "bob"]
    # 6.25 % and 0.25 % of 100.00, and of 19.99: 1.249375 and 0.049975.
    assert (found["ann"]["net"], found["ann"]["tax"]) == (Decimal("119.99"), Decimal("7.80"))
    assert found["ann"]["tax_rounding"] == "line"
    async with database.read(tenant.id) as connection:
        taxes = [tuple(row) for row in await connection.fetch(TAXES, "ann")]
    assert taxes == [
        ("CA STATE TAX", "US-CA CALIFORNIA", Decimal("0.0625"), Decimal("119.99"), Decimal("7.50")),
        (
            "CA COUNTY TAX",
            "US-CA LOS ANGELES",
            Decimal("0.0025"),
            Decimal("119.99"),
            Decimal("0.3"),
        ),
    ]
    assert await database.run(tenant.id, check_books) == []


async def test_issued_invoices_are_committed_under_their_own_id(
    database: Database, tenant: Tenant, clock: FrozenClock, avatax: Standin
) -> None:
    await database.run(tenant.id, a_seller)
    await billed(database, tenant)
    assert statuses(avatax) == ["Saved", "Saved"]

    await delivered(database, clock, tenant)

    found = await invoices(database, tenant)
    assert set(avatax.transactions) == {str(row["id"]) for row in found.values()}
    assert statuses(avatax) == ["Committed", "Committed"]
    assert {row["filed"] for row in found.values()} == {"committed"}


async def test_while_avatax_is_silent_nothing_is_issued_and_the_next_run_succeeds(
    database: Database, tenant: Tenant, avatax: Standin
) -> None:
    await database.run(tenant.id, a_seller)
    avatax.failing = [(503, {})] * 6

    silent = await billed(database, tenant)

    assert silent.invoices == 0
    assert {one.code for one in silent.failures} == {"TAX_SERVICE_UNAVAILABLE"}
    assert await invoices(database, tenant) == {}
    assert (await billed(database, tenant)).invoices == 2


async def test_a_worker_lost_before_the_commit_is_made_good(
    database: Database, tenant: Tenant, clock: FrozenClock, avatax: Standin
) -> None:
    await database.run(tenant.id, a_seller)
    await billed(database, tenant)
    avatax.failing = [(503, {})] * 100
    assert await delivered(database, clock, tenant) > 0
    assert statuses(avatax) == ["Saved", "Saved"]
    avatax.failing = []

    clock.advance(hours=1)
    await delivered(database, clock, tenant)

    assert statuses(avatax) == ["Committed", "Committed"]
    assert {row["filed"] for row in (await invoices(database, tenant)).values()} == {"committed"}


async def test_an_answer_to_the_commit_that_got_lost_is_no_failure(
    database: Database, tenant: Tenant, clock: FrozenClock, avatax: Standin
) -> None:
    await database.run(tenant.id, a_seller)
    await billed(database, tenant)
    avatax.lose_answers = 2

    assert await delivered(database, clock, tenant) == 0

    assert statuses(avatax) == ["Committed", "Committed"]


async def test_a_void_invoice_is_void_there_too(
    database: Database,
    tenant: Tenant,
    clock: FrozenClock,
    avatax: Standin,
    client: httpx.AsyncClient,
) -> None:
    await database.run(tenant.id, a_seller)
    await billed(database, tenant)
    await delivered(database, clock, tenant)
    ann = (await invoices(database, tenant))["ann"]

    answer = await client.post(f"/invoices/{ann['id']}/void", json={"reason": "Wrong customer"})
    await delivered(database, clock, tenant)

    assert answer.status_code == 200, answer.text
    assert avatax.transactions[str(ann["id"])]["status"] == "Cancelled"
    assert (await invoices(database, tenant))["ann"]["filed"] == "void"


async def test_a_credit_note_is_a_return_of_the_tax_that_was_charged(
    database: Database, tenant: Tenant, clock: FrozenClock, avatax: Standin
) -> None:
    await database.run(tenant.id, a_seller)
    await billed(database, tenant)
    await delivered(database, clock, tenant)
    ann = (await invoices(database, tenant))["ann"]
    new = NewCreditNote(ann["id"], reason=CreditReason.OTHER, amount=Decimal("50.00"))

    note_id = await database.run(tenant.id, lambda s: CreditNoteService(s).issue(new))
    await delivered(database, clock, tenant)

    async with database.read(tenant.id) as connection:
        row = await connection.fetchrow(
            "SELECT tax, total FROM billing.credit_notes WHERE id = $1", note_id
        )
    assert row is not None
    told = avatax.transactions[str(note_id)]
    assert row["total"] == Decimal("50.00")
    assert (told["type"], told["status"]) == ("ReturnInvoice", "Committed")
    assert told["totalTax"] == -row["tax"]
    assert all(line["overridden"] for line in told["lines"])


async def test_a_preview_leaves_nothing_there(
    database: Database, tenant: Tenant, avatax: Standin
) -> None:
    async def seen(session: AsyncSession) -> Decimal:
        ids = await a_seller(session)
        subscription = await subscribed(session, plan="extra", since=FEBRUARY, customer=ids["ann"])
        assert (await preview(session, subscription))[0].totals.tax == 0  # its line has no tax
        internet = sa.select(Subscription.id).where(
            Subscription.customer_id == ids["ann"], Subscription.id != subscription
        )
        one = (await session.execute(internet)).scalar_one()
        return (await preview(session, one))[0].totals.tax

    assert await database.run(tenant.id, seen) == Decimal("7.80")
    assert avatax.transactions == {}


async def test_an_invoice_by_hand_is_taxed_by_avatax(
    database: Database, tenant: Tenant, clock: FrozenClock, avatax: Standin
) -> None:
    async def issue(session: AsyncSession) -> UUID:
        ids = await a_seller(session)
        line = NewLine("Router", Decimal(1), Decimal("100.00"), tax_code="internet")
        service = await InvoiceService.within(session)
        return await service.issue_manual(NewInvoice(ids["ann"], (line,)))

    invoice_id = await database.run(tenant.id, issue)
    await delivered(database, clock, tenant)

    assert (await invoices(database, tenant))["ann"]["tax"] == Decimal("6.50")
    assert avatax.transactions[str(invoice_id)]["status"] == "Committed"


async def test_without_an_account_nothing_is_issued(database: Database, tenant: Tenant) -> None:
    await database.run(tenant.id, a_seller)

    result = await billed(database, tenant)

    assert result.invoices == 0
    assert {one.code for one in result.failures} == {"TAX_SERVICE_NOT_CONFIGURED"}
