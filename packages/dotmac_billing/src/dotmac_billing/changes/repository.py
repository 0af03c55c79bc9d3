"""Queries of changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.changes.kinds import ChangeKind, ChangeStatus
from dotmac_billing.changes.models import SubscriptionChange
from dotmac_billing.changes.plan_of_change import ItemRows
from dotmac_billing.changes.settlement import BilledLine
from dotmac_billing.changes.telling import ChangeRow
from dotmac_billing.mapped_base import table_of
from dotmac_billing.pending.models import WAITS
from dotmac_billing.subscriptions.models import SubscriptionItem
from dotmac_billing.subscriptions.repository import ITEM_COLUMNS, WINDOW_COLUMNS
from dotmac_billing.subscriptions.windows import ItemWindow
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection

# Only what lies after the change is read, however long the history is.
_LINES = f"""
SELECT w.subscription_id, l.id, i.customer_id, l.item_id, l.component_id, l.description,
       l.quantity, l.unit_price, l.net,
       l.net + coalesce((SELECT sum(r.net) FROM billing.invoice_lines r
                         JOIN billing.invoice_balances v ON v.id = r.invoice_id
                         WHERE r.reverses_line_id = l.id AND v.status <> 'void'), 0)
             + coalesce((SELECT sum(p.amount) FROM billing.pending_lines p
                         WHERE p.subscription_id = w.subscription_id
                           AND p.reverses_line_id = l.id AND {WAITS}), 0)
             - coalesce((SELECT sum(n.net) FROM billing.credit_note_lines n
                         WHERE n.invoice_line_id = l.id), 0) AS held,
       l.tax_code, false, l.period_start, l.period_end, false
FROM unnest($1::uuid[], $2::date[], $3::uuid[]) AS w(item_id, since, subscription_id)
JOIN billing.invoice_lines l ON l.item_id = w.item_id AND l.period_end > w.since
JOIN billing.invoices i ON i.id = l.invoice_id
JOIN billing.invoice_balances b ON b.id = i.id
WHERE l.kind IN ('charge', 'minimum') AND l.reverses_line_id IS NULL AND b.status <> 'void'
UNION ALL
SELECT w.subscription_id, p.id, p.customer_id, p.item_id, p.component_id, p.description,
       p.quantity, p.unit_price, p.amount - p.own_off, p.amount - p.own_off, p.tax_code,
       p.includes_tax, p.period_start, p.period_end, true
FROM unnest($1::uuid[], $2::date[], $3::uuid[]) AS w(item_id, since, subscription_id)
JOIN billing.pending_lines p ON p.subscription_id = w.subscription_id AND p.item_id = w.item_id
  AND p.period_end > w.since
WHERE {WAITS} AND p.kind IN ('charge', 'minimum') AND p.reverses_line_id IS NULL
ORDER BY 13, 2
"""  # noqa: S608 (text of our own)
_CUT = """
UPDATE billing.subscription_items i SET starts_on = c.starts_on, ends_on = c.ends_on
FROM unnest($1::uuid[], $2::date[], $3::date[]) AS c(id, starts_on, ends_on) WHERE i.id = c.id
"""
_PIN = """
UPDATE billing.subscription_items i SET anchor_on = c.anchor_on
FROM unnest($1::uuid[], $2::date[]) AS c(id, anchor_on) WHERE i.id = c.id
"""
_UNPIN = """
UPDATE billing.subscription_items i SET anchor_on = NULL
FROM unnest($1::uuid[]) AS c(id) WHERE i.id = c.id
"""
_REMOVE = """
DELETE FROM billing.subscription_items i USING unnest($1::uuid[]) AS c(id) WHERE i.id = c.id
"""
_ADD = """
INSERT INTO billing.subscription_changes (id, subscription_id, kind, status, effective_on,
  behaviour, direction, summary, undo, created_at, sequence)
SELECT n.id, n.subscription_id, n.kind, n.status, n.effective_on, n.behaviour, n.direction,
  n.summary::jsonb, n.undo::jsonb, n.created_at,
  1 + coalesce((SELECT max(c.sequence) FROM billing.subscription_changes c
                WHERE c.subscription_id = n.subscription_id), 0)
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::timestamptz[])
  AS n(id, subscription_id, kind, status, effective_on, behaviour, direction, summary, undo,
       created_at)
"""
_DUE = """
SELECT c.id, c.subscription_id, c.undo FROM billing.subscription_changes c
JOIN billing.subscriptions s ON s.id = c.subscription_id
WHERE c.status = 'scheduled' AND c.effective_on <= ($1::timestamptz AT TIME ZONE s.time_zone)::date
ORDER BY s.id, c.effective_on, c.sequence LIMIT $2 FOR NO KEY UPDATE OF s
"""
_SET = """
UPDATE billing.subscriptions s SET version = s.version + 1,
  plan_version_id = coalesce(d.plan_version_id, s.plan_version_id),
  cycle = coalesce(d.cycle, s.cycle), timing = coalesce(d.timing, s.timing),
  anchor_on = coalesce(d.anchor_on, s.anchor_on)
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[])
  AS d(id, plan_version_id, cycle, timing, anchor_on) WHERE s.id = d.id
"""
_APPLIED = """
UPDATE billing.subscription_changes c SET status = 'applied'
FROM unnest($1::uuid[]) AS d(id) WHERE c.id = d.id
"""


class ChangeRepository:
    """Changes of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lines(
        self, wanted: Collection[tuple[UUID, date, UUID]]
    ) -> dict[UUID, list[BilledLine]]:
        """Lines, billed or waiting, by subscription: of each item for days from its day on.

        `wanted` are the item, the day, and the subscription that the item is of.
        """
        if not wanted:
            return {}
        connection = await driver_connection(self._session)
        found: dict[UUID, list[BilledLine]] = {}
        for owner, *line in await connection.fetch(_LINES, *map(list, zip(*wanted, strict=True))):
            found.setdefault(owner, []).append(BilledLine._make(line))
        return found

    async def redraw(self, changed: Mapping[UUID, ItemRows]) -> None:
        """Write how the items of subscriptions differ."""
        connection = await driver_connection(self._session)
        ended = [row for rows in changed.values() for row in rows.ended]
        pinned = [row for rows in changed.values() for row in rows.pinned]
        added = [_row(owner, item) for owner, rows in changed.items() for item in rows.added]
        if ended:
            await connection.execute(_CUT, *map(list, zip(*ended, strict=True)))
        if pinned:
            await connection.execute(_PIN, *map(list, zip(*pinned, strict=True)))
        if added:
            columns = ITEM_COLUMNS + WINDOW_COLUMNS
            await copy_tables(
                self._session, [TableRows(table_of(SubscriptionItem), columns, added)]
            )

    async def restore(
        self,
        ended: Sequence[tuple[UUID, date | None, date | None]],
        pinned: Sequence[UUID],
        added: Sequence[UUID],
    ) -> None:
        """Take back what `redraw` has written."""
        connection = await driver_connection(self._session)
        if ended:
            await connection.execute(_CUT, *map(list, zip(*ended, strict=True)))
        if pinned:
            await connection.execute(_UNPIN, list(pinned))
        if added:
            await connection.execute(_REMOVE, list(added))

    async def add(self, changes: Sequence[ChangeRow]) -> None:
        """Note changes of different subscriptions, each under its subscription's next number."""
        if changes:
            connection = await driver_connection(self._session)
            await connection.execute(_ADD, *map(list, zip(*changes, strict=True)))

    async def find(self, subscription_id: UUID, change_id: UUID) -> SubscriptionChange | None:
        """A change of that subscription."""
        found = await self._session.execute(
            sa.select(SubscriptionChange).where(
                SubscriptionChange.id == change_id,
                SubscriptionChange.subscription_id == subscription_id,
            )
        )
        return found.scalar_one_or_none()

    async def latest(self, subscription_id: UUID, kind: ChangeKind) -> SubscriptionChange | None:
        """The newest change of that kind that was not withdrawn."""
        found = await self._session.execute(
            sa.select(SubscriptionChange)
            .where(
                SubscriptionChange.subscription_id == subscription_id,
                SubscriptionChange.kind == kind,
                SubscriptionChange.status != ChangeStatus.WITHDRAWN,
            )
            .order_by(SubscriptionChange.sequence.desc())
            .limit(1)
        )
        return found.scalar_one_or_none()

    async def page(
        self, subscription_id: UUID, status: ChangeStatus | None, *, offset: int, limit: int
    ) -> tuple[list[SubscriptionChange], int]:
        """A page of a subscription's changes, the newest first, and the number of all."""
        conditions = [SubscriptionChange.subscription_id == subscription_id]
        if status is not None:
            conditions.append(SubscriptionChange.status == status)
        rows = await self._session.execute(
            sa.select(SubscriptionChange)
            .where(*conditions)
            .order_by(SubscriptionChange.sequence.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(SubscriptionChange).where(*conditions)
        )
        return list(rows.scalars()), total.scalar_one()

    async def due(self, now: datetime, limit: int) -> list[asyncpg.Record]:
        """Scheduled changes whose day has come where the subscription is, in their order."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_DUE, now, limit)

    async def settle(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Set plan version, cycle, timing and anchor of subscriptions (id first); None keeps."""
        connection = await driver_connection(self._session)
        await connection.execute(_SET, *map(list, zip(*rows, strict=True)))

    async def applied(self, change_ids: Collection[UUID]) -> None:
        """Note that changes hold now."""
        connection = await driver_connection(self._session)
        await connection.execute(_APPLIED, list(change_ids))

    async def flush(self) -> None:
        """Write what was changed on mapped rows, for statements that read the tables."""
        await self._session.flush()


def _row(subscription_id: UUID, item: ItemWindow) -> tuple[Any, ...]:
    return (
        *(item.id, subscription_id, item.component_id, item.position, item.description),
        *(item.kind.value, item.quantity, item.agreed_price, item.starts_on, item.ends_on),
        *(item.anchor_on, item.phase, item.percent_off, item.replaces_item_id),
    )
