"""Every query on the tenant's own jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection

_ADD = """
INSERT INTO events.jobs (id, name, payload, key, priority, request_id, enqueued_at, run_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, COALESCE($8, 'epoch'::timestamptz))
ON CONFLICT (tenant_id, name, key) WHERE state IN ('pending', 'running') DO NOTHING
RETURNING id
"""
_UNFINISHED = """
SELECT id FROM events.jobs WHERE name = $1 AND key = $2 AND state IN ('pending', 'running')
"""


class JobRepository:
    """The jobs of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        job_id: UUID,
        name: str,
        payload: Any,  # noqa: ANN401 - JSON
        *,
        key: str | None,
        priority: int,
        request_id: str | None,
        enqueued_at: datetime,
        run_at: datetime | None,
    ) -> UUID | None:
        """The new row's id; None when an unfinished job has the key."""
        connection = await driver_connection(self._session)
        text = orjson.dumps(payload, default=str).decode()
        added: UUID | None = await connection.fetchval(
            _ADD, job_id, name, text, key, priority, request_id, enqueued_at, run_at
        )
        return added

    async def unfinished(self, name: str, key: str) -> UUID | None:
        """The job of that name and key that is pending or running."""
        connection = await driver_connection(self._session)
        found: UUID | None = await connection.fetchval(_UNFINISHED, name, key)
        return found
