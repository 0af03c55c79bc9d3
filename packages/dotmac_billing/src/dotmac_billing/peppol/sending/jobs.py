"""Sending what waits, and asking about what was sent."""

from __future__ import annotations

import logging

from dotmac_billing.peppol.errors import AccessPointNotConfiguredError
from dotmac_billing.peppol.sending.service import AT_ONCE, deliver_due
from dotmac_core_ops.module import Job, JobContext

_log = logging.getLogger(__name__)


async def _deliver(context: JobContext) -> None:
    assert context.tenant_id is not None  # it is enqueued once for each tenant
    try:
        while await deliver_due(context.database, context.tenant_id) == AT_ONCE:
            await context.extend_lease()
    except AccessPointNotConfiguredError:
        # Most installations have none. What is queued waits until there is one.
        _log.debug("There is no Peppol access point.")


deliver_peppol = Job("billing.deliver_peppol", _deliver, schedule="*/5 * * * *")
