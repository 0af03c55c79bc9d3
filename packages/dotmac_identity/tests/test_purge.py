from __future__ import annotations

import sqlalchemy as sa

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.module import JobContext
from dotmac_identity import Authenticator
from dotmac_identity.sessions.jobs import PURGE_SESSIONS
from dotmac_identity.testing import PASSWORD, Organisation


async def test_sessions_are_forgotten_thirty_days_after_their_end(
    organisation: Organisation, authenticator: Authenticator, clock: FrozenClock
) -> None:
    async def extend_lease() -> None:
        """Nobody else runs it."""

    async def purge() -> tuple[int, int]:
        context = JobContext(
            database=organisation.database,
            clock=clock,
            payload={},
            tenant_id=organisation.profile.id,
            attempt=1,
            extend_lease=extend_lease,
        )
        await PURGE_SESSIONS.run(context)
        async with organisation.database.transaction(organisation.profile.id) as session:
            sessions = await session.scalar(sa.text("SELECT count(*) FROM identity.sessions"))
            tokens = await session.scalar(sa.text("SELECT count(*) FROM identity.refresh_tokens"))
        assert sessions is not None
        assert tokens is not None
        return sessions, tokens

    for _ in range(2):
        tokens = await authenticator.sign_in.sign_in(
            email="owner@example.com", password=PASSWORD, tenant=organisation.profile.slug
        )
        await authenticator.sign_in.refresh(tokens.refresh_token)

    clock.advance(days=60)
    assert await purge() == (2, 4)
    clock.advance(seconds=1)
    assert await purge() == (0, 0)
