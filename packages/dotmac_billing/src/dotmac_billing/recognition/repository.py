"""Every query of revenue recognition."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.mapped_base import table_of
from dotmac_billing.recognition.models import RecognitionSchedule, RecognitionSlice
from dotmac_billing.settings.recognition import Recognition
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection

_SCHEDULE = (
    *("id", "invoice_line_id", "invoice_id", "customer_id", "currency", "basis", "issued_on"),
    *("starts_on", "ends_on", "amount", "planned", "planned_from"),
)
_SLICE = (
    *("id", "schedule_id", "kind", "source_id", "occurred_on", "recognised", "taken_back"),
    "created_at",
)
_FIELDS = """s.id, s.currency, s.basis, s.amount, s.recognised, s.taken_back, s.planned,
  s.planned_from, s.starts_on, s.ends_on, s.recognised_on"""
_IS_DUE = """s.amount <> s.recognised + s.taken_back AND s.planned_from <= {day}
  AND s.issued_on <= {day} AND (s.recognised_on IS NULL OR s.recognised_on < {day})"""

_SCHEDULED = """
SELECT s.invoice_line_id, s.basis FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.recognition_schedules s ON s.invoice_line_id = wanted.id
"""
_FIRST_DUE = f"""
SELECT min(greatest(s.issued_on, s.planned_from, s.recognised_on + 1))
FROM billing.recognition_schedules s WHERE {_IS_DUE.format(day="$1::date")}
"""  # noqa: S608 (our own text)
_DUE = f"""
SELECT {_FIELDS} FROM billing.recognition_schedules s
WHERE {_IS_DUE.format(day="$1::date")} AND ($2::uuid IS NULL OR s.id > $2)
ORDER BY s.id LIMIT $3 FOR NO KEY UPDATE OF s
"""  # noqa: S608 (our own text)
_OPEN = f"""
SELECT {_FIELDS} FROM billing.recognition_schedules s
WHERE s.amount <> s.recognised + s.taken_back AND ($1::uuid IS NULL OR s.id > $1)
ORDER BY s.id LIMIT $2
"""  # noqa: S608 (our own text)
_OF_LINES = f"""
SELECT {_FIELDS}, s.invoice_line_id FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.recognition_schedules s ON s.invoice_line_id = wanted.id
ORDER BY s.id FOR NO KEY UPDATE OF s
"""  # noqa: S608 (our own text)
_OF_INVOICE = f"""
SELECT {_FIELDS} FROM billing.recognition_schedules s WHERE s.invoice_id = $1
ORDER BY s.id FOR NO KEY UPDATE OF s
"""  # noqa: S608 (our own text)
_EARN = """
UPDATE billing.recognition_schedules s SET recognised = moved.recognised, recognised_on = $3
FROM unnest($1::uuid[], $2::numeric[]) AS moved(id, recognised) WHERE s.id = moved.id
"""
_PLAN = """
UPDATE billing.recognition_schedules s SET recognised = new.recognised,
  taken_back = new.taken_back, planned = new.planned, planned_from = new.planned_from
FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::numeric[], $5::date[])
  AS new(id, recognised, taken_back, planned, planned_from) WHERE s.id = new.id
"""
_MOVEMENTS = """
SELECT currency, month, sum(billed) AS billed, sum(recognised) AS recognised,
  sum(credited) AS credited, sum(voided) AS voided
FROM (
  SELECT currency, date_trunc('month', issued_on)::date AS month, sum(amount) AS billed,
    0::numeric AS recognised, 0::numeric AS credited, 0::numeric AS voided
  FROM billing.recognition_schedules WHERE issued_on <= $1 GROUP BY 1, 2
  UNION ALL
  SELECT s.currency, date_trunc('month', m.occurred_on)::date, 0,
    coalesce(sum(m.recognised) FILTER (WHERE m.kind = 'recognised'), 0),
    coalesce(sum(m.recognised + m.taken_back) FILTER (WHERE m.kind = 'credited'), 0),
    coalesce(sum(m.recognised + m.taken_back) FILTER (WHERE m.kind = 'voided'), 0)
  FROM billing.recognition_slices m
  JOIN billing.recognition_schedules s ON s.tenant_id = m.tenant_id AND s.id = m.schedule_id
  WHERE m.occurred_on <= $1 GROUP BY 1, 2
) parts GROUP BY currency, month ORDER BY currency, month
"""


def schedule_table(rows: Sequence[Sequence[Any]]) -> TableRows:
    """New schedules, as `deferring.defer` makes them; after the invoices."""
    return TableRows(table_of(RecognitionSchedule), _SCHEDULE, rows)


class RecognitionRepository:
    """Schedules and slices of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def scheduled(self, line_ids: Collection[UUID]) -> dict[UUID, Recognition]:
        """Which of the lines have a schedule, and on what basis."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_SCHEDULED, list(line_ids))
        return {row["invoice_line_id"]: Recognition(row["basis"]) for row in rows}

    async def first_due(self, through: date) -> date | None:
        """The first day on which something is to be recognised up to `through`, if anything is."""
        connection = await driver_connection(self._session)
        found: date | None = await connection.fetchval(_FIRST_DUE, through)
        return found

    async def due(self, day: date, after: UUID | None, limit: int) -> list[asyncpg.Record]:
        """Schedules with something to be recognised up to `day`, held, by id from `after` on."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_DUE, day, after, limit)

    async def open(self, after: UUID | None, limit: int) -> list[asyncpg.Record]:
        """Schedules of which something is deferred, by id from `after` on."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_OPEN, after, limit)

    async def of_lines(self, line_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """The schedules of these lines, held."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_OF_LINES, list(line_ids))

    async def of_invoice(self, invoice_id: UUID) -> list[asyncpg.Record]:
        """The schedules of an invoice, held."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_OF_INVOICE, invoice_id)

    async def earn(self, earned: Iterable[tuple[UUID, Decimal]], on: date) -> None:
        """Put revenue up to and including `on` at what it is now."""
        ids, amounts = zip(*earned, strict=True)
        connection = await driver_connection(self._session)
        await connection.execute(_EARN, ids, amounts, on)

    async def plan(self, plans: Sequence[tuple[UUID, Decimal, Decimal, Decimal, date]]) -> None:
        """Plan anew: id, recognised, taken back, planned, planned from."""
        connection = await driver_connection(self._session)
        await connection.execute(_PLAN, *zip(*plans, strict=True))

    async def add_slices(self, rows: Sequence[Sequence[Any]]) -> None:
        """Id, schedule, kind, source, day, recognised, taken back, made at."""
        await copy_tables(self._session, [TableRows(table_of(RecognitionSlice), _SLICE, rows)])

    async def movements(self, through: date) -> list[asyncpg.Record]:
        """What was deferred and what became of it, by currency and month, up to `through`."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_MOVEMENTS, through)
