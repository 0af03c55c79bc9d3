"""Queries of changes."""

from __future__ import annotations

import json
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
from dotmac_billing.mapped_base import table_of
from dotmac_billing.pending.models import WAITS
from dotmac_billing.subscriptions.models import SubscriptionItem
from dotmac_billing.subscriptions.repository import ITEM_COLUMNS, WINDOW_COLUMNS
from dotmac_billing.subscriptions.windows import ItemWindow
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection

# Only what lies after the change is read, however long the history is.
_LINES = f"""
SELECT l.id, i.customer_id, l.item_id, l.component_id, l.description, l.quantity, l.unit_price,
       l.net,
       l.net + coalesce((SELECT sum(r.net) FROM billing.invoice_lines r
                         JOIN billing.invoice_balances v ON v.id = r.invoice_id
                         WHERE r.reverses_line_id = l.id AND v.status <> 'void'), 0)
             + coalesce((SELECT sum(p.amount) FROM billing.pending_lines p
                         WHERE p.subscription_id = $3 AND p.reverses_line_id = l.id
                           AND {WAITS}), 0)
             - coalesce((SELECT sum(n.net) FROM billing.credit_note_lines n
                         WHERE n.invoice_line_id = l.id), 0) AS held,
       l.tax_code, false, l.period_start, l.period_end, false
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.invoice_lines l ON l.item_id = wanted.id AND l.period_end > $2
JOIN billing.invoices i ON i.id = l.invoice_id
JOIN billing.invoice_balances b ON b.id = i.id
WHERE l.kind IN ('charge', 'minimum') AND l.reverses_line_id IS NULL AND b.status <> 'void'
UNION ALL
SELECT p.id, p.customer_id, p.item_id, p.component_id, p.description, p.quantity, p.unit_price,
       p.amount - p.own_off, p.amount - p.own_off, p.tax_code, p.includes_tax, p.period_start,
       p.period_end, true
FROM billing.pending_lines p
WHERE p.subscription_id = $3 AND {WAITS} AND p.item_id = ANY($1::uuid[]) AND p.period_end > $2
  AND p.kind IN ('charge', 'minimum') AND p.reverses_line_id IS NULL
ORDER BY 12, 1
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
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
  coalesce(max(sequence), 0) + 1 FROM billing.subscription_changes WHERE subscription_id = $2
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
        self, subscription_id: UUID, item_ids: Collection[UUID], since: date
    ) -> list[BilledLine]:
        """Lines for days from `since` on, billed or waiting, of these items of a subscription."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_LINES, list(item_ids), since, subscription_id)
        return [BilledLine._make(row) for row in rows]

    async def redraw(self, subscription_id: UUID, rows: ItemRows) -> None:
        """Write how the items differ."""
        connection = await driver_connection(self._session)
        if rows.ended:
            await connection.execute(_CUT, *map(list, zip(*rows.ended, strict=True)))
        if rows.pinned:
            await connection.execute(_PIN, *map(list, zip(*rows.pinned, strict=True)))
        if rows.added:
            added = [_row(subscription_id, item) for item in rows.added]
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

    async def add(self, change: Mapping[str, Any]) -> None:
        """Note a change, under the next number of its subscription."""
        connection = await driver_connection(self._session)
        await connection.execute(
            _ADD,
            *(change["id"], change["subscription_id"], change["kind"], change["status"]),
            *(change["effective_on"], change["behaviour"], change["direction"]),
            *(json.dumps(change["summary"]), json.dumps(change["undo"]), change["created_at"]),
        )

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
