"""Tidying up sessions."""

from __future__ import annotations

from datetime import timedelta

from dotmac_core_ops.module import Job, JobContext
from dotmac_identity.sessions.repository import SessionRepository

_KEPT = timedelta(days=30)  # so that "who was signed in when" can be answered for a while
_CHUNK = 1000


async def purge_sessions(context: JobContext) -> None:
    """Remove sessions that expired more than 30 days ago."""
    assert context.tenant_id is not None
    before = context.clock.now() - _KEPT
    removed = _CHUNK
    while removed == _CHUNK:
        async with context.database.transaction(context.tenant_id) as session:
            removed = await SessionRepository(session).delete_expired(before, _CHUNK)
        await context.extend_lease()


PURGE_SESSIONS = Job(
    name="identity.purge_sessions", run=purge_sessions, schedule="17 3 * * *", is_upkeep=True
)
"""Once a night, for each tenant."""
