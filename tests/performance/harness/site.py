"""What the reads over HTTP are done on: two tenants after B1 to B3, and a key to each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dotmac_billing import run_billing
from dotmac_core_ops.database import Database
from dotmac_identity import ApiKeyService
from tests.performance.harness.rows import require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import CUSTOMERS, DUE_ON, add_subscriptions, subscribers

PER_PAGE = 20
_SCOPES = ("customers:read", "invoices:read")


@dataclass(frozen=True)
class Site:
    """A tenant with as many invoices as customers; `others_headers` are of the second tenant."""

    tenant_id: UUID
    customer_ids: tuple[UUID, ...]
    invoice_ids: tuple[UUID, ...]
    headers: dict[str, str]
    others_headers: dict[str, str]

    def customer_paths(self) -> list[str]:
        """Every customer."""
        return [f"/api/v1/customers/{customer_id}" for customer_id in self.customer_ids]

    def page_paths(self) -> list[str]:
        """Every page of customers by name."""
        pages = range(1, len(self.customer_ids) // PER_PAGE + 1)
        return [f"/api/v1/customers?sort=name&page={n}&per_page={PER_PAGE}" for n in pages]

    def invoice_paths(self) -> list[str]:
        """Every invoice."""
        return [f"/api/v1/invoices/{invoice_id}" for invoice_id in self.invoice_ids]


async def open_site(stage: Stage) -> Site:
    """Both tenants with 2,000 customers and as many invoices."""
    count = stage.full(CUSTOMERS, 200)
    async with stage.database() as database:
        _, _, others = await _tenant(database, "second", count)
        tenant_id, customer_ids, headers = await _tenant(database, "site", count)
    async with stage.sql(tenant_id) as connection:
        rows = await connection.fetch("SELECT id FROM billing.invoices")
    require("invoices", len(rows), count)
    await stage.settle()
    return Site(tenant_id, customer_ids, tuple(row["id"] for row in rows), headers, others)


async def _tenant(
    database: Database, name: str, count: int
) -> tuple[UUID, tuple[UUID, ...], dict[str, str]]:
    given = await subscribers(database, name, count)
    await add_subscriptions(database, given, [DUE_ON] * count, batch=1_000)
    await run_billing(database, given.tenant_id, DUE_ON, historical=False)
    async with database.transaction(given.tenant_id) as session:
        issued = await ApiKeyService.within(session).create(name="bench", scopes=_SCOPES)
    return given.tenant_id, given.customer_ids, {"Authorization": f"Bearer {issued.secret}"}
