"""What the nightly checks find is a figure that can be watched."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg

from dotmac_billing import run_billing
from dotmac_billing.checks.jobs import check_all
from dotmac_billing.testing import subscribed
from dotmac_core_ops.database import Database
from dotmac_core_ops.metrics import REGISTRY
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.testing import Tenant

from .test_checks import THROUGH, spoil


async def test_findings_are_counted_and_gone_when_they_are(
    database: Database, tenant: Tenant, database_url: str
) -> None:
    async def lease() -> None:
        """Nobody else wants the job."""

    payload: Mapping[str, object] = {}
    context = JobContext(database, database.clock, payload, tenant.id, 1, lease)
    async with database.transaction(tenant.id) as session:
        await subscribed(session, since=THROUGH)
    await run_billing(database, tenant.id, THROUGH)
    vandal = await asyncpg.connect(database_url)
    await vandal.execute(f"SET ROLE dotmac_owner; SET app.tenant_id = '{tenant.id}'")
    before = await found(context)

    await spoil(vandal, "invoice_lines", "UPDATE billing.invoice_lines SET net = net + 1")
    spoilt = await found(context)
    await spoil(vandal, "invoice_lines", "UPDATE billing.invoice_lines SET net = net - 1")
    await vandal.close()

    assert spoilt == before + 1
    assert await found(context) == before


async def found(context: JobContext) -> float:
    await check_all.run(context)
    value = REGISTRY.get_sample_value("billing_check_findings", {"check": "totals_equal_lines"})
    assert value is not None
    return value
