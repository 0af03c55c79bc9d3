from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.credit_notes.asked import NewCreditNote
from dotmac_billing.credit_notes.service import issue_credit_note
from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_billing.settings.service import open_billing
from dotmac_billing.tax_law.service import import_tax_pack
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]
TODAY = date(2026, 11, 20)  # of the test's clock
OCTOBER = date(2026, 10, 15)


async def a_business_in_canada(session: AsyncSession) -> Decimal:
    """Invoices in Québec and Ontario in October; one is credited in part, one voided today."""
    await open_billing(session, currency="CAD", country="CA")
    await import_tax_pack(session, "ca")
    opened = await open_customers(
        session,
        [OpenCustomer("Q", "Québec", region="QC"), OpenCustomer("O", "Ontario", region="ON")],
    )
    invoicing = await InvoiceService.within(session)

    async def issued(code: str, amount: str) -> UUID:
        line = NewLine("Work", Decimal(1), Decimal(amount), "standard")
        return await invoicing.issue_manual(
            NewInvoice(opened.ids[code], (line,), issued_on=OCTOBER)
        )

    quebec = await issued("Q", "100.00")
    await issued("O", "200.00")
    mistaken = await issued("O", "1000.00")
    await issue_credit_note(session, NewCreditNote(quebec, amount=Decimal("57.49")))
    await CorrectionService(session).void(mistaken, "Billed twice")
    balances = await LedgerRepository(session).balances(TODAY)
    payable: Decimal = next(row["balance"] for row in balances if row["code"] == "tax_payable")
    return payable


def told(row: dict[str, Any]) -> tuple[str, str, float, float, float, int]:
    return (
        row["period_start"],
        row["tax_code"],
        row["rate"],
        row["net"],
        row["tax"],
        row["documents"],
    )


async def test_a_report_is_what_the_books_say(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    payable = await database.run(tenant.id, a_business_in_canada)

    answer = await client.get("/reports/tax?from=2026-10-01&to=2026-11-30")

    assert answer.status_code == 200, answer.text
    rows = answer.json()["data"]
    assert [told(row) for row in rows] == [
        ("2026-10-01", "GST", 0.05, 100, 5, 1),
        ("2026-10-01", "HST", 0.13, 1200, 156, 2),
        ("2026-10-01", "QST", 0.09975, 100, 9.98, 1),
        ("2026-11-01", "GST", 0.05, -50, -2.5, 1),
        ("2026-11-01", "HST", 0.13, -1000, -130, 1),
        ("2026-11-01", "QST", 0.09975, -50, -4.99, 1),
    ]
    assert sum(Decimal(str(row["tax"])) for row in rows) == -payable
    year = (await client.get("/reports/tax?from=2026-01-01&to=2026-12-31&period=year")).json()
    assert [told(row) for row in year["data"]] == [
        ("2026-01-01", "GST", 0.05, 50, 2.5, 2),
        ("2026-01-01", "HST", 0.13, 200, 26, 2),
        ("2026-01-01", "QST", 0.09975, 50, 4.99, 2),
    ]


async def test_outside_its_days_there_is_nothing(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    await database.run(tenant.id, a_business_in_canada)

    assert (await client.get("/reports/tax?from=2026-10-16&to=2026-11-19")).json()["data"] == []
    assert (await client.get("/reports/tax?from=2026-10-16")).status_code == 422


async def test_a_report_is_for_those_who_may_read_tax(signed_in: SignedIn, tenant: Tenant) -> None:
    refused = await signed_in(tenant, "plans:read").get(
        "/reports/tax?from=2026-01-01&to=2026-01-31"
    )

    assert refused.status_code == 403
