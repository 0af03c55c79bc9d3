"""Following the periods that are billed in more than one part."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.interim.repository import InterimRepository
from dotmac_core_ops.database import clock_of


async def follow_periods(session: AsyncSession, drafts: Sequence[Draft]) -> None:
    """Remember of which running periods the drafts bill a part, and of which what is left."""
    opened = {key for draft in drafts for key in draft.opened}
    closed = {key for draft in drafts for key in draft.closed}
    if opened:
        await InterimRepository(session).open(opened, clock_of(session).now())
    if closed:
        await InterimRepository(session).close(closed, clock_of(session).now())
