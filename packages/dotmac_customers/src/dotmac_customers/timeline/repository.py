"""Every query about the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
# Whoever was merged into the customer brings along what happened to it. What is private is told to
# who made it, and a note that was removed to nobody: what it was then cannot be asked any more.
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
    AND ($6::timestamptz IS NULL OR t.at >= $6) AND ($7::timestamptz IS NULL OR t.at < $7)
    AND CASE t.about_kind
      WHEN 'note' THEN EXISTS (SELECT FROM customers.notes n
        WHERE n.id = t.about_id AND (NOT n.is_private OR n.author = $8))
      WHEN 'document' THEN NOT EXISTS (SELECT FROM customers.documents d
        WHERE d.id = t.about_id AND d.is_private AND d.created_by <> $8)
      ELSE true END
  ORDER BY t.at DESC, t.id DESC LIMIT $5
) e
ORDER BY e.at DESC, e.id DESC LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class WantedEntries:
    """What a timeline is narrowed to; None stands for all.

    `happened_after` is included, `happened_before` is not.
    """

    kinds: Sequence[str] | None = None
    happened_after: datetime | None = None
    happened_before: datetime | None = None


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
        wanted: WantedEntries,
        *,
        viewer: str,
        before: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[asyncpg.Record]:
        """Entries that `viewer` may see, the latest first, those behind `before`."""
        connection = await driver_connection(self._session)
        at, entry_id = before or (None, None)
        kinds = None if wanted.kinds is None else list(wanted.kinds)
        bounds = (wanted.happened_after, wanted.happened_before)
        return await connection.fetch(
            _PAGE, customer_id, kinds, at, entry_id, limit, *bounds, viewer
        )
