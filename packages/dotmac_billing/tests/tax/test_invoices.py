"""Tax on invoices that a bill run issues."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewComponent, check_books, run_billing
from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.settings.service import SettingsChange, SettingsService, open_billing
from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_billing.tax.models import TaxRule
from dotmac_billing.tax.rules import Scheme
from dotmac_billing.tax_law.service import TaxLawService, import_tax_pack
from dotmac_billing.testing import LONG_AGO, plan, subscribed
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

FEBRUARY = date(2026, 2, 1)
BUYERS = (
    OpenCustomer("consumer", "Anna", country="DE"),
    OpenCustomer("business", "Ada SARL", country="FR", tax_id="FR40303265045", is_business=True),
    OpenCustomer("abroad", "Chloé", country="FR"),
    OpenCustomer("overseas", "Bob", country="US", region="NY"),
    OpenCustomer("charity", "Caritas", country="DE"),
)

INVOICED = """
SELECT c.code, i.net, i.tax, i.total, i.tax_rounding, l.net AS line_net, l.tax AS line_tax,
       l.tax_code, l.tax_rate, t.treatment, t.category, t.jurisdiction, t.exemption_code
FROM billing.invoices i
JOIN billing.customers c ON c.id = i.customer_id
JOIN billing.invoice_lines l ON l.invoice_id = i.id
LEFT JOIN billing.invoice_taxes t ON t.invoice_id = i.id
ORDER BY c.code
"""


async def a_seller(session: AsyncSession, *, price: str = "100.00", inside: bool = False) -> None:
    """A German seller in the one stop shop, with a plan that every buyer has from February on."""
    await open_billing(session, country="DE")
    await import_tax_pack(session, "eu")
    law = TaxLawService(session)
    await law.register(
        {
            "country": "DE",
            "region": None,
            "scheme": Scheme.OSS,
            "number": None,
            "valid_from": LONG_AGO,
            "valid_until": None,
        }
    )
    opened = await open_customers(session, BUYERS)
    await law.exempt(
        {
            "customer_id": opened.ids["charity"],
            "country": "DE",
            "region": None,
            "tax_code": None,
            "certificate": "C-42",
            "reason": "Charity",
            "reason_code": "VATEX-EU-132-1L",
            "document_reference": None,
            "valid_from": LONG_AGO,
            "valid_until": None,
        }
    )
    component = NewComponent(
        "base", "Base", Decimal(price), tax_code="standard", includes_tax=inside
    )
    offer = await plan(session, components=[component])
    for customer in opened.ids.values():
        await subscribed(session, plan=offer, since=FEBRUARY, customer=customer)


async def invoiced(database: Database, tenant: Tenant) -> dict[str, dict[str, Any]]:
    async with database.read(tenant.id) as connection:
        return {row["code"]: dict(row) for row in await connection.fetch(INVOICED)}


async def test_each_buyer_is_taxed_by_what_and_where_it_is(
    database: Database, tenant: Tenant
) -> None:
    await database.run(tenant.id, a_seller)

    result = await run_billing(database, tenant.id, FEBRUARY)

    assert (result.invoices, result.failures) == (5, [])
    found = await invoiced(database, tenant)
    assert {
        code: (row["tax"], row["tax_code"], row["category"], row["jurisdiction"])
        for code, row in found.items()
    } == {
        "consumer": (Decimal("19.00"), "VAT", "S", "DE"),
        "business": (Decimal("0.00"), "AE", "AE", "FR"),
        "abroad": (Decimal("20.00"), "VAT", "S", "FR"),
        "overseas": (Decimal("0.00"), "O", "O", "US"),
        "charity": (Decimal("0.00"), "VAT:E", "E", "DE"),
    }
    assert found["business"]["exemption_code"] == "VATEX-EU-AE"
    assert found["charity"]["exemption_code"] == "VATEX-EU-132-1L"
    assert all(row["total"] == row["net"] + row["tax"] for row in found.values())
    assert await database.run(tenant.id, check_books) == []


async def test_tax_in_the_price_leaves_the_total_as_it_is(
    database: Database, tenant: Tenant
) -> None:
    await database.run(tenant.id, lambda s: a_seller(s, price="49.90", inside=True))

    await run_billing(database, tenant.id, FEBRUARY)

    found = await invoiced(database, tenant)
    # 49.90 * 0.19 / 1.19 = 7.9672…, 49.90 * 0.2 / 1.2 = 8.3166…
    assert {code: (row["line_net"], row["line_tax"]) for code, row in found.items()} == {
        "consumer": (Decimal("41.93"), Decimal("7.97")),
        "abroad": (Decimal("41.58"), Decimal("8.32")),
        "business": (Decimal("49.90"), Decimal("0.00")),
        "overseas": (Decimal("49.90"), Decimal("0.00")),
        "charity": (Decimal("49.90"), Decimal("0.00")),
    }
    assert {row["total"] for row in found.values()} == {Decimal("49.90")}


async def test_an_invoice_keeps_how_it_was_rounded(database: Database, tenant: Tenant) -> None:
    async def by_line(session: AsyncSession) -> None:
        await a_seller(session)
        service = SettingsService(session)
        change = SettingsChange(tax_rounding=TaxRounding.LINE)
        await service.change(await service.locked(), change)

    await database.run(tenant.id, by_line)

    await run_billing(database, tenant.id, FEBRUARY)

    found = await invoiced(database, tenant)
    assert {row["tax_rounding"] for row in found.values()} == {"line"}


async def test_where_no_rule_fits_no_invoice_is_made_and_the_reason_is_told(
    database: Database, tenant: Tenant
) -> None:
    async def without_france(session: AsyncSession) -> None:
        await a_seller(session)
        law = TaxLawService(session)
        french = await session.execute(sa.select(TaxRule.id).where(TaxRule.country == "FR"))
        await law.take_back(french.scalar_one())

    await database.run(tenant.id, without_france)

    result = await run_billing(database, tenant.id, FEBRUARY)

    assert result.invoices == 4
    assert "No rule says" in result.failures[0].message
    assert "abroad" not in await invoiced(database, tenant)
