"""Forgetting where attempts to sign in came from."""

from __future__ import annotations

from datetime import timedelta

from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.authentication.repository import SignInNetworkRepository

_KEPT = timedelta(days=1)  # a lock lasts an hour at most


async def purge_sign_in_networks(context: JobContext) -> None:
    """Forget addresses from which nobody tried to sign in for a day."""
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        before = context.clock.now() - _KEPT
        await SignInNetworkRepository(session).delete_before(before)


PURGE_SIGN_IN_NETWORKS = Job(
    name="identity.purge_sign_in_networks",
    run=purge_sign_in_networks,
    schedule="37 3 * * *",
    is_upkeep=True,
)
"""Once a night, for each tenant."""
