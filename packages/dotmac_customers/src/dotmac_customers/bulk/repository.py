"""The statements that change many customers; how many there are makes no difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import copy_rows, driver_connection, new_ids
from dotmac_customers.filters.repository import Parameters, where_target
from dotmac_customers.filters.target import Target
from dotmac_customers.profiles.rows import EVENT_COLUMNS

# The parts put together here are constants of this file; values travel as parameters.
_MATCHING = """
SELECT c.id FROM customers.customers c WHERE {where} ORDER BY c.id LIMIT {most}
FOR NO KEY UPDATE OF c
"""
_SET = {
    "kind": "{}::text",
    "language": "{}::text",
    "time_zone": "{}::text",
    # What is null in the change goes.
    "custom_fields": "jsonb_strip_nulls(c.custom_fields || {}::jsonb)",
}
_EDIT = """
UPDATE customers.customers c SET {sets}, version = version + 1, updated_at = {now}
FROM unnest({ids}::uuid[]) AS wanted(id)
WHERE c.id = wanted.id AND ({differs}) RETURNING {columns}
"""
_MOVE = """
WITH wanted AS (
  SELECT c.id, c.state AS previous, COALESCE(c.state_since_at, c.created_at) AS since_at
  FROM unnest($1::uuid[]) AS w(id) JOIN customers.customers c ON c.id = w.id
  JOIN unnest($2::text[]) AS legal(state) ON legal.state = c.state
)
UPDATE customers.customers c
SET state = $3::text, state_reason = $4::text, state_since_at = $5, updated_at = $5,
    version = version + 1,
    activated_at = CASE WHEN $3::text = 'active' THEN COALESCE(c.activated_at, $5)
                        ELSE c.activated_at END,
    churned_at = CASE WHEN $3::text = 'churned' THEN $5 ELSE c.churned_at END
FROM wanted WHERE wanted.id = c.id RETURNING c.id, wanted.previous, wanted.since_at
"""
_HISTORY = (
    *("id", "customer_id", "from_state", "to_state", "reason", "note", "actor", "since_at", "at"),
)


class BulkRepository:
    """Many customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def matching(self, target: Target, *, most: int) -> list[UUID]:
        """Who is meant, at most `most`, held until the transaction ends."""
        parameters = Parameters()
        condition = where_target(target, parameters)
        statement = _MATCHING.format(where=condition, most=parameters.place(most))
        connection = await driver_connection(self._session)
        return [row["id"] for row in await connection.fetch(statement, *parameters.values)]

    async def edit(
        self, customer_ids: Sequence[UUID], fields: Mapping[str, Any], now: datetime
    ) -> list[asyncpg.Record]:
        """Set fields of many; those for whom it made a difference, for `stored_event`."""
        parameters = Parameters()
        values = {
            name: _SET[name].format(
                parameters.place(orjson.dumps(value).decode() if name == "custom_fields" else value)
            )
            for name, value in fields.items()
        }
        statement = _EDIT.format(
            sets=", ".join(f"{name} = {value}" for name, value in values.items()),
            differs=" OR ".join(
                f"c.{name} IS DISTINCT FROM {value}" for name, value in values.items()
            ),
            now=parameters.place(now),
            ids=parameters.place(list(customer_ids)),
            columns=EVENT_COLUMNS,
        )
        connection = await driver_connection(self._session)
        return await connection.fetch(statement, *parameters.values)

    async def move(
        self,
        customer_ids: Sequence[UUID],
        starts: Sequence[str],
        end: str,
        reason: str,
        *,
        note: str | None,
        actor: str,
        now: datetime,
    ) -> list[asyncpg.Record]:
        """Move those who are in one of `starts` and keep it in the history; id and state before."""
        connection = await driver_connection(self._session)
        moved = await connection.fetch(_MOVE, list(customer_ids), list(starts), end, reason, now)
        rows = [
            (row_id, row["id"], row["previous"], end, reason, note, actor, row["since_at"], now)
            for row_id, row in zip(new_ids(len(moved)), moved, strict=True)
        ]
        await copy_rows(self._session, "customers.state_changes", rows, columns=_HISTORY)
        return moved
