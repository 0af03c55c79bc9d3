"""What can be done with jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.queue.repository import JobRepository
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.principal import current_actor


async def enqueue(
    session: AsyncSession,
    name: str,
    payload: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    priority: int = 0,
) -> UUID:
    """Have the job of that name run for the session's tenant once this transaction commits; its id.

    `await enqueue(session, "billing.bill_run", {"through": "2026-10-31"}, key="2026-10-31")`

    While a job of the same name and `key` is pending or running, no other is made and the id is
    that one's. `run_at` None means as soon as possible. Lower `priority` runs first; 0 is usual.
    """
    jobs = JobRepository(session)
    while True:
        added = await jobs.add(
            new_id(),
            name,
            dict(payload or {}),
            key=key,
            priority=priority,
            request_id=current_actor().request_id,
            enqueued_at=clock_of(session).now(),
            run_at=run_at,
        )
        # None twice means that the job with this key finished in between; then there is room again.
        found = added or await jobs.unfinished(name, key or "")
        if found is not None:
            return found
