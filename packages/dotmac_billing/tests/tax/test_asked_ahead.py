"""While a tax service is asked, no transaction is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import httpx
import pytest

from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.remote_tax.calculators import open_calculators_by
from dotmac_billing.settings.service import SettingsChange, SettingsService, open_billing
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.tax.adapters.avalara import AvalaraTaxCalculator
from dotmac_billing.tax.documents import TaxableDocument, TaxedDocument, TaxNotCalculated
from dotmac_billing.tax_law.service import TaxLawService
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .avatax_standin import ACCOUNT, KEY, Standin, running_avatax

# The one that looks is active itself; all others rest between transactions.
OPEN = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state LIKE 'idle in transaction%'
"""


class Watching(AvalaraTaxCalculator):
    """AvaTax, and how many transactions were open whenever it was asked."""

    database: Database
    tenant: Tenant
    seen: list[int]

    async def calculate(
        self, documents: Sequence[TaxableDocument]
    ) -> Sequence[TaxedDocument | TaxNotCalculated]:
        async with self.database.read(self.tenant.id) as connection:
            self.seen.append(int(await connection.fetchval(OPEN)))
        return await super().calculate(documents)


@pytest.fixture
def avatax() -> Iterator[Standin]:
    with running_avatax() as standin:
        yield standin


@pytest.fixture
def seen(avatax: Standin, database: Database, tenant: Tenant) -> Iterator[list[int]]:
    """Open transactions at each question."""
    found: list[int] = []

    def opened(_: TaxCalculatorName) -> Watching:
        watching = Watching(ACCOUNT, KEY, "ISP", base_url=avatax.url)
        watching.database, watching.tenant, watching.seen = database, tenant, found
        return watching

    before = open_calculators_by(opened)
    yield found
    if before is not None:
        open_calculators_by(before)


async def test_an_invoice_by_hand_is_asked_about_before_its_transaction(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, seen: list[int]
) -> None:
    async with database.transaction(tenant.id) as session:
        await open_billing(session, currency="USD", country="US")
        settings = SettingsService(session)
        change = SettingsChange(tax_calculator=TaxCalculatorName.AVALARA)
        await settings.change(await settings.locked(), change)
        await TaxLawService(session).add_category("internet", "Internet", external_code="SI020000")
        buyer = OpenCustomer("ann", "Ann", country="US", region="CA", postal_code="90001")
        ann = (await open_customers(session, [buyer])).ids["ann"]
    lines = [{"description": "Dig", "unit_price": 100, "tax_code": "internet"}]

    issued = await client.post("/invoices", json={"customer_id": str(ann), "lines": lines})

    assert issued.status_code == 201, issued.text
    assert seen == [0]
    invoice = issued.json()["data"]
    assert Decimal(str(invoice["tax"])) > 0
    assert invoice["number"] == "INV-000001"
