"""Every query about the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import copy_rows, driver_connection, new_ids
from dotmac_customers.timeline.entry import NewEntry

_COLUMNS = (
    *("id", "customer_id", "at", "kind", "title", "amount", "currency", "about_kind", "about_id"),
    "event_id",
)
# Whoever was merged into the customer brings along what happened to it.
_PAGE = """
SELECT e.id, e.customer_id, e.at, e.kind, e.title, e.amount, e.currency, e.about_kind, e.about_id
FROM (
  SELECT $1::uuid AS id
  UNION ALL SELECT id FROM customers.customers WHERE merged_into_id = $1
) AS own
CROSS JOIN LATERAL (
  SELECT * FROM customers.timeline_entries t
  WHERE t.customer_id = own.id AND ($2::text[] IS NULL OR t.kind = ANY ($2))
    AND ($3::timestamptz IS NULL OR (t.at, t.id) < ($3, $4::uuid))
  ORDER BY t.at DESC, t.id DESC LIMIT $5
) e
ORDER BY e.at DESC, e.id DESC LIMIT $5
"""


class TimelineRepository:
    """Timelines of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, entries: Sequence[NewEntry]) -> None:
        """Write entries, in one go however many there are."""
        rows = [
            (
                *(entry_id, entry.customer_id, entry.at, entry.kind, entry.title),
                *(entry.amount, entry.currency, *(entry.about or (None, None)), entry.event_id),
            )
            for entry_id, entry in zip(new_ids(len(entries)), entries, strict=True)
        ]
        await copy_rows(self._session, "customers.timeline_entries", rows, columns=_COLUMNS)

    async def page(
        self,
        customer_id: UUID,
        *,
        kinds: Sequence[str] | None,
        before: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[asyncpg.Record]:
        """Entries of the customer, the latest first, those behind `before`."""
        connection = await driver_connection(self._session)
        at, entry_id = before or (None, None)
        return await connection.fetch(
            _PAGE, customer_id, None if kinds is None else list(kinds), at, entry_id, limit
        )
