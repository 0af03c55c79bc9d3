"""The standing checks, every night, as a figure to watch."""

from __future__ import annotations

from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.checks.findings import Finding
from dotmac_billing.checks.repository import CHECKS
from dotmac_billing.checks.service import check_books
from dotmac_core_ops.metrics import REGISTRY
from dotmac_core_ops.module import Job, JobContext

check_findings = Gauge(
    "billing_check_findings",
    "Findings of the last standing checks that this process made, over all tenants, by check",
    ["check"],
    registry=REGISTRY,
)
# What the last check of each tenant found here. The sum is shown: a tenant is no label.
_found: dict[UUID, dict[str, int]] = {}


async def _check(context: JobContext) -> None:
    """Check the tenant's books and show how much is wrong."""
    tenant_id = context.tenant_id
    assert tenant_id is not None  # it is enqueued for each tenant

    async def look(session: AsyncSession) -> list[Finding]:
        return await check_books(session)

    counted = dict.fromkeys(CHECKS, 0)
    for finding in await context.database.run(tenant_id, look):
        counted[finding.check] += 1
    _found[tenant_id] = counted
    for check in CHECKS:
        check_findings.labels(check).set(sum(found[check] for found in _found.values()))


check_all = Job("billing.check_books", _check, schedule="50 3 * * *", is_upkeep=True)
