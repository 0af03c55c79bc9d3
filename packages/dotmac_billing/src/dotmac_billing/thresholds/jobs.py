"""Looking for usage that has reached a threshold."""

from __future__ import annotations

import logging

from dotmac_billing.thresholds.service import sweep
from dotmac_core_ops.module import Job, JobContext

_log = logging.getLogger(__name__)


async def _sweep(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant

    swept = await sweep(context.database, context.tenant_id)
    for failure in swept.failures:
        _log.warning(
            "Usage at a threshold was not billed.",
            extra={"subscription_id": str(failure.subscription_id), "code": failure.code},
        )


bill_thresholds = Job("billing.thresholds", _sweep, schedule="*/10 * * * *")
