"""Looking at tax numbers again."""

from __future__ import annotations

from dotmac_billing.tax_numbers.adapters.vies import ViesRegister
from dotmac_billing.tax_numbers.service import recheck
from dotmac_core_ops.module import Job, JobContext
from dotmac_core_ops.settings import load_settings


async def _recheck(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant

    register = ViesRegister(load_settings().vies_url)
    while await recheck(context.database, context.tenant_id, register):
        await context.extend_lease()


recheck_tax_numbers = Job("billing.recheck_tax_numbers", _recheck, schedule="20 4 * * *")
