"""Tidying up after passkeys."""

from __future__ import annotations

from datetime import timedelta

from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.passkeys.repository import PasskeyRepository

_KEPT = timedelta(days=1)


async def purge_passkey_challenges(context: JobContext) -> None:
    """Forget used challenges that expired more than a day ago."""
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await PasskeyRepository(session).delete_challenges(context.clock.now() - _KEPT)


PURGE_PASSKEY_CHALLENGES = Job(
    name="identity.purge_passkey_challenges",
    run=purge_passkey_challenges,
    schedule="47 3 * * *",
    is_upkeep=True,
)
"""Once a night, for each tenant."""
