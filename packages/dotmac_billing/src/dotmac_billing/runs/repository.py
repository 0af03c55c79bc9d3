"""Every query of bill runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.decision import Moved
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.repository import (
    IN_USE_COLUMNS,
    PAYER,
    SUBSCRIPTION_COLUMNS,
    InUse,
    due_subscription,
)
from dotmac_billing.pending.models import WAITS
from dotmac_core_ops.database import driver_connection

# The day has begun where the subscriber is; at no instant means whether it has begun or not.
_BEGUN = "next_bill_on <= (coalesce($3::timestamptz, 'infinity') AT TIME ZONE time_zone)::date"
_EARLIEST = f"""
SELECT min(next_bill_on) FROM billing.subscriptions
WHERE next_bill_on <= $1 AND id <> ALL($2::uuid[]) AND {_BEGUN}
"""  # noqa: S608 (text of our own)
_COUNT = f"""
SELECT count(*) FROM billing.subscriptions
WHERE next_bill_on <= $1 AND id <> ALL($2::uuid[]) AND {_BEGUN}
"""  # noqa: S608 (text of our own)
# NO KEY: foreign keys may still be checked against the row. SKIP LOCKED: another worker has it.
_CLAIM = f"""
WITH claimed AS MATERIALIZED (
  SELECT * FROM billing.subscriptions
  WHERE next_bill_on <= $1 AND invoice_group IS NULL AND id <> ALL($2::uuid[]) AND {_BEGUN}
  ORDER BY next_bill_on, id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
)
SELECT {SUBSCRIPTION_COLUMNS}, {IN_USE_COLUMNS} FROM claimed s JOIN {PAYER}
ORDER BY s.next_bill_on, s.id
"""  # noqa: S608 (names of our own)
# Who pays for several is claimed as a whole, so that all of a day comes to be on one invoice.
_CLAIM_GROUPS = f"""
WITH due AS MATERIALIZED (
  SELECT DISTINCT invoice_group FROM billing.subscriptions
  WHERE next_bill_on <= $1 AND invoice_group IS NOT NULL AND id <> ALL($2::uuid[]) AND {_BEGUN}
), held AS MATERIALIZED (
  SELECT p.id FROM billing.customers p JOIN due ON due.invoice_group = p.id
  ORDER BY p.id LIMIT $4 FOR NO KEY UPDATE OF p SKIP LOCKED
)
SELECT {SUBSCRIPTION_COLUMNS}, {IN_USE_COLUMNS} FROM billing.subscriptions s
JOIN held ON held.id = s.invoice_group JOIN {PAYER}
WHERE s.next_bill_on <= $1 AND s.id <> ALL($2::uuid[])
  AND s.next_bill_on <= (coalesce($3::timestamptz, 'infinity') AT TIME ZONE s.time_zone)::date
ORDER BY s.next_bill_on, s.id FOR NO KEY UPDATE OF s
"""  # noqa: S608 (names of our own)
_DUE = f"""
SELECT {SUBSCRIPTION_COLUMNS} FROM billing.subscriptions s JOIN {PAYER}
WHERE s.next_bill_on <= $1 ORDER BY s.next_bill_on, s.id LIMIT $2 OFFSET $3
"""  # noqa: S608 (names of our own)
_WAIT = f"""
SELECT id FROM billing.subscriptions
WHERE next_bill_on <= $1 AND id <> ALL($2::uuid[]) AND {_BEGUN}
ORDER BY next_bill_on, id LIMIT 1 FOR NO KEY UPDATE
"""  # noqa: S608 (text of our own)
# In the last statement of a chunk, so that the lock of the run's row is short.
_COUNT_CHUNK = """
UPDATE billing.bill_runs SET invoices = invoices + $2, total = total + $3, chunks = chunks + 1,
  wave = $4, updated_at = $5 WHERE id = $1
"""
_MOVE = """
UPDATE billing.subscriptions s
SET billed_on = m.billed_on, next_bill_on = m.next_bill_on,
    usage_billed_until = coalesce(m.usage_until, s.usage_billed_until)
FROM unnest({arrays}) AS m(id, billed_on, next_bill_on, usage_until)
WHERE s.id = m.id
"""
_MOVE_ALONE = _MOVE.format(arrays="$1::uuid[], $2::date[], $3::date[], $4::date[]")
_MOVE_AND_COUNT = f"""
WITH counted AS ({_COUNT_CHUNK})
{_MOVE.format(arrays="$6::uuid[], $7::date[], $8::date[], $9::date[]")}
"""
_BILLED = """
SELECT i.subscription_id, i.bill_on FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.invoices i ON i.subscription_id = wanted.id AND i.kind = 'subscription'
"""
_START = """
INSERT INTO billing.bill_runs (id, through, historical, status, started_at, updated_at,
  invoices, total, chunks, failed)
VALUES ($1, $2, $3, $4, $5, $5, 0, 0, 0, 0)
ON CONFLICT (tenant_id, id) DO UPDATE
SET historical = excluded.historical, status = excluded.status, updated_at = excluded.updated_at,
    finished_at = NULL, error = NULL
"""
_FINISH = """
UPDATE billing.bill_runs SET status = $2, failed = $3, error = $4, updated_at = $5, finished_at = $5
WHERE id = $1
"""
_STRANDED = f"""
WITH waits AS (
  SELECT subscription_id, customer_id FROM billing.pending_lines
  WHERE {WAITS} AND bill_from <= $1
  UNION ALL SELECT subscription_id, NULL FROM billing.usage_late WHERE settled_at IS NULL
), stranded AS (
  SELECT s.id, false AS is_payer FROM waits w JOIN billing.subscriptions s
    ON s.id = w.subscription_id AND s.next_bill_on IS NULL
  UNION
  SELECT w.customer_id, true FROM waits w WHERE w.subscription_id IS NULL AND NOT EXISTS (
    SELECT FROM billing.subscriptions s WHERE s.next_bill_on IS NOT NULL
      AND (s.customer_id = w.customer_id AND s.payer_id IS NULL OR s.payer_id = w.customer_id))
)
SELECT id, is_payer FROM stranded WHERE id <> ALL($2::uuid[]) ORDER BY id LIMIT 500
"""  # noqa: S608 (text of our own)
_ONE = "SELECT * FROM billing.bill_runs WHERE id = $1"
_LIST = "SELECT * FROM billing.bill_runs ORDER BY started_at DESC, id DESC LIMIT $1 OFFSET $2"


class Stranded(NamedTuple):
    """A subscription, or a payer, for which lines wait and no moment will come."""

    id: UUID
    is_payer: bool


class Claimed(NamedTuple):
    """Subscriptions that are held, and what there is besides them; None when there are none."""

    subscriptions: list[DueSubscription]
    in_use: InUse | None


_OF_SUBSCRIPTION = len(DueSubscription._fields)
_SUBSCRIPTIONS_OF_A_PAYER = 4  # a guess, for how many payers make a chunk


class ChunkShare(NamedTuple):
    """What a chunk adds to its run; `total` in the tenant's currency."""

    invoices: int
    total: Decimal
    wave: date
    now: datetime


def _columns(moved: Sequence[Moved]) -> tuple[Sequence[object], ...]:
    return tuple(zip(*moved, strict=True)) if moved else ((), (), (), ())


class RunRepository:
    """Bill runs and due subscriptions of the session's tenant.

    With `begun_at` nothing is due before its day has begun where the subscriber is, by then.
    """

    def __init__(self, session: AsyncSession, begun_at: datetime | None = None) -> None:
        self._session = session
        self._begun_at = begun_at

    async def earliest(self, through: date, without: Collection[UUID]) -> date | None:
        """The first day on which something is due, up to and including `through`."""
        connection = await driver_connection(self._session)
        found = await connection.fetchval(_EARLIEST, through, list(without), self._begun_at)
        assert found is None or isinstance(found, date)
        return found

    async def count_due(self, wave: date, without: Collection[UUID]) -> int:
        """Subscriptions with something due up to and including `wave`."""
        connection = await driver_connection(self._session)
        return int(await connection.fetchval(_COUNT, wave, list(without), self._begun_at))

    async def claim(self, wave: date, without: Collection[UUID], limit: int) -> Claimed:
        """Due subscriptions that nobody else works on, held until the transaction ends.

        First those that are billed each by itself; when there are none left, all of some payers
        that get one invoice for theirs.
        """
        connection = await driver_connection(self._session)
        which = (wave, list(without), self._begun_at)
        rows = await connection.fetch(_CLAIM, *which, limit)
        if not rows:
            payers = max(1, limit // _SUBSCRIPTIONS_OF_A_PAYER)
            rows = await connection.fetch(_CLAIM_GROUPS, *which, payers)
        found = [due_subscription(row[:_OF_SUBSCRIPTION]) for row in rows]
        return Claimed(found, InUse._make(rows[0][_OF_SUBSCRIPTION:]) if rows else None)

    async def stranded(self, through: date, without: Collection[UUID]) -> list[Stranded]:
        """What waits for an invoice that no subscription's moment will bring."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_STRANDED, through, list(without))
        return [Stranded._make(row) for row in rows]

    async def due(
        self, through: date, *, limit: int, offset: int
    ) -> tuple[list[DueSubscription], int]:
        """A page of what is due, in the order in which it is billed, and how many there are."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_DUE, through, limit, offset)
        return [due_subscription(row) for row in rows], await self.count_due(through, ())

    async def wait_for_others(self, wave: date, without: Collection[UUID]) -> None:
        """Return when whoever works on the first due subscription has finished its chunk."""
        connection = await driver_connection(self._session)
        await connection.fetch(_WAIT, wave, list(without), self._begun_at)

    async def move(self, moved: Sequence[Moved]) -> None:
        """Note what subscriptions were billed up to."""
        connection = await driver_connection(self._session)
        await connection.execute(_MOVE_ALONE, *_columns(moved))

    async def move_and_count(self, moved: Sequence[Moved], run_id: UUID, share: ChunkShare) -> None:
        """Note what subscriptions were billed up to, and add the chunk to the run."""
        connection = await driver_connection(self._session)
        await connection.execute(_MOVE_AND_COUNT, run_id, *share, *_columns(moved))

    async def billed(self, subscription_ids: Collection[UUID]) -> set[tuple[UUID, date | None]]:
        """Subscription and moment of every invoice of theirs."""
        connection = await driver_connection(self._session)
        return {(row[0], row[1]) for row in await connection.fetch(_BILLED, list(subscription_ids))}

    async def start(
        self, run_id: UUID, through: date, *, historical: bool, status: str, now: datetime
    ) -> None:
        """Note that the run exists, or that it goes on."""
        connection = await driver_connection(self._session)
        await connection.execute(_START, run_id, through, historical, status, now)

    async def finish(
        self, run_id: UUID, status: str, failed: int, error: str | None, now: datetime
    ) -> None:
        """Note how the run ended."""
        connection = await driver_connection(self._session)
        await connection.execute(_FINISH, run_id, status, failed, error, now)

    async def find(self, run_id: UUID) -> asyncpg.Record | None:
        """The run of that id."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_ONE, run_id)

    async def page(self, limit: int, offset: int) -> tuple[list[asyncpg.Record], int]:
        """Runs, newest first, and how many there are."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_LIST, limit, offset)
        return rows, int(await connection.fetchval("SELECT count(*) FROM billing.bill_runs"))
