"""Writing events, and what they add up to, in as few statements as there can be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.ingestion.staging import Hour, Row, Series
from dotmac_core_ops.database import copy_rows, driver_connection, new_id

# The events of a call come as a text for each column: a temporary table costs more than a thousand
# rows in it, and the driver takes longer over an array than PostgreSQL over all the rest. No value
# has a control character in it. Time is counted in microseconds from 2000; an hour begins `shift`
# minutes before that of UTC.
# Rows are locked in the order of their keys, so that calls side by side wait and do not deadlock.
# The join is full, although `taken` has nothing that `given` has not: such a join is hashed however
# few rows a generic plan expects of an array, and it finds the repeats by the way.
_TAKE = """
WITH given AS MATERIALIZED (
  SELECT series_id, event_id COLLATE "C" AS event_id, {at} AS at, {hour} AS hour,
         value::numeric, member COLLATE "C" AS member, price::numeric, properties::jsonb
  FROM (
    SELECT series_id::uuid, event_id, us::bigint, COALESCE(shift::bigint, 0) AS shift, value,
           member, price, properties
    FROM unnest({columns}) AS u(series_id, event_id, us, shift, value, member, price, properties)
    OFFSET 0) u
), taken AS (
  INSERT INTO billing.usage_identities (tenant_id, event_id, series_id, at)
  SELECT (SELECT core.current_tenant()), event_id, series_id, at FROM given ORDER BY event_id
  ON CONFLICT DO NOTHING RETURNING event_id
), fresh AS MATERIALIZED (
  SELECT given.*, taken.event_id IS NOT NULL AS is_new
  FROM given FULL JOIN taken ON taken.event_id = given.event_id ORDER BY series_id, hour
), written AS (
  INSERT INTO billing.usage_events
    (tenant_id, series_id, at, event_id, value, member, price, properties, received_at)
  SELECT (SELECT core.current_tenant()), series_id, at, event_id, value, member, price, properties,
         $1 FROM fresh WHERE is_new
), {rolled}
SELECT (SELECT array_agg(event_id) FROM fresh WHERE NOT is_new) AS repeated,
       EXISTS (SELECT FROM billing.usage_alerts WHERE removed_at IS NULL) AS has_alerts
"""
_SEPARATOR = "\x1f"
_COLUMNS = ", ".join(f"string_to_array(${n}, E'\\x1f', '')" for n in range(2, 10))
_MICROSECONDS = "timestamptz '2000-01-01 00:00Z' + ({}) * interval '1 microsecond'"
_AT = _MICROSECONDS.format("us")
_HOUR = _MICROSECONDS.format("us - (us + shift * 60000000) % 3600000000")
_SUMS = """rolled AS (
  INSERT INTO billing.usage_rollups AS r (tenant_id, series_id, hour, events, total, amount)
  SELECT (SELECT core.current_tenant()), series_id, hour, count(*), sum(value), sum(price)
  FROM fresh WHERE is_new GROUP BY series_id, hour ORDER BY series_id, hour
  ON CONFLICT (tenant_id, series_id, hour) DO UPDATE
  SET events = r.events + excluded.events, total = COALESCE(r.total, 0) + excluded.total,
      amount = COALESCE(r.amount, 0) + excluded.amount
)"""
# Of several at one instant the highest is the latest, whichever of them came first.
_SUMS_AND_LEVELS = """rolled AS (
  INSERT INTO billing.usage_rollups AS r
    (tenant_id, series_id, hour, events, total, amount, highest, latest, latest_at, first_at, area)
  SELECT (SELECT core.current_tenant()), series_id, hour, count(*), sum(value), sum(price),
         max(value), (array_agg(value ORDER BY at DESC, value DESC))[1], max(at), min(at), 0
  FROM fresh WHERE is_new GROUP BY series_id, hour ORDER BY series_id, hour
  ON CONFLICT (tenant_id, series_id, hour) DO UPDATE
  SET events = r.events + excluded.events, total = COALESCE(r.total, 0) + excluded.total,
      amount = COALESCE(r.amount, 0) + excluded.amount,
      highest = GREATEST(r.highest, excluded.highest),
      latest = CASE WHEN r.latest_at IS NULL
                 OR (excluded.latest_at, excluded.latest) > (r.latest_at, r.latest)
               THEN excluded.latest ELSE r.latest END,
      latest_at = GREATEST(r.latest_at, excluded.latest_at),
      first_at = LEAST(r.first_at, excluded.first_at)
)"""
_MEMBERS = """, members AS (
  INSERT INTO billing.usage_members AS r (tenant_id, series_id, hour, member, events)
  SELECT (SELECT core.current_tenant()), series_id, hour, member, count(*)
  FROM fresh WHERE is_new AND member IS NOT NULL
  GROUP BY series_id, hour, member ORDER BY series_id, hour, member
  ON CONFLICT (tenant_id, series_id, hour, member) DO UPDATE
  SET events = r.events + excluded.events
)"""
_TAKES = {
    (more, members): _TAKE.format(
        columns=_COLUMNS,
        at=_AT,
        hour=_HOUR,
        rolled=(_SUMS_AND_LEVELS if more else _SUMS) + (_MEMBERS if members else ""),
    )
    for more in (False, True)
    for members in (False, True)
}
_SERIES = """
INSERT INTO billing.usage_series (id, subscription_id, meter_id, dimensions)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS u(id, s, m, d) ORDER BY id
ON CONFLICT DO NOTHING
"""
_SUBJECTS = """
SELECT s.id, s.time_zone, s.start_on, s.end_on, NULL AS items FROM billing.subscriptions s
"""
_SUBJECTS_WITH_ITEMS = """
SELECT s.id, s.time_zone, s.start_on, s.end_on, i.items
FROM billing.subscriptions s LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_array(p.meter, i.starts_on, i.ends_on))::text AS items
  FROM billing.subscription_items i JOIN billing.price_components p ON p.id = i.component_id
  WHERE i.subscription_id = s.id AND p.meter IS NOT NULL) i ON true
"""
_BY_NUMBER = f"""
SELECT w.ref, x.* FROM unnest($1::text[]) AS w(ref)
JOIN LATERAL ({_SUBJECTS} WHERE s.number = w.ref) x ON true
"""  # noqa: S608 (our own names; so below as well)
_BY_EXTERNAL_ID = f"""
SELECT w.ref, x.* FROM unnest($1::text[]) AS w(ref)
JOIN LATERAL ({_SUBJECTS} WHERE s.external_id = w.ref) x ON true
"""  # noqa: S608 (texts of our own)
_BY_ID = f"""
SELECT w.ref, x.* FROM unnest($1::text[], $2::uuid[]) AS w(ref, id)
JOIN LATERAL ({_SUBJECTS} WHERE s.id = w.id) x ON true
"""  # noqa: S608 (texts of our own)
# A customer without any subscription has one row, without an id.
_OF_CUSTOMERS = f"""
SELECT w.ref, x.* FROM (
  SELECT u.ref, c.id FROM unnest($1::text[]) AS u(ref) JOIN billing.customers c ON c.code = u.ref
  UNION
  SELECT u.ref, c.id FROM unnest($2::text[], $3::uuid[]) AS u(ref, id)
  JOIN billing.customers c ON c.id = u.id) w
LEFT JOIN LATERAL ({_SUBJECTS_WITH_ITEMS} WHERE s.customer_id = w.id) x ON true
"""  # noqa: S608 (texts of our own)
_BILLING = """
SELECT s.id, s.usage_billed_until, s.next_bill_on
FROM unnest($1::uuid[]) AS wanted(id) JOIN billing.subscriptions s ON s.id = wanted.id
"""
# Only those of which something of these days, or what is about to be billed, matters: mostly none.
_BILLED = (
    _BILLING
    + """
WHERE s.usage_billed_until > $2 OR (s.next_bill_on > $2 AND s.next_bill_on <= $3)
"""
)
# Everything is added up once more from the events of the hour as corrected. An event at the instant
# of another comes after it when its value is higher, as in the sums above.
_RECOUNT = """
UPDATE billing.usage_rollups r
SET events = a.events, total = a.total, highest = a.highest, latest = a.latest,
    latest_at = a.latest_at, first_at = a.first_at, amount = a.amount, area = a.area
FROM (
  SELECT h.series_id, h.hour, x.* FROM unnest(
    $1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[]
  ) AS h(series_id, hour, since, until) CROSS JOIN LATERAL (
    SELECT count(*) AS events, COALESCE(sum(value), 0) AS total, max(value) AS highest,
           (array_agg(value ORDER BY at DESC, value DESC))[1] AS latest, max(at) AS latest_at,
           min(at) AS first_at, sum(price) AS amount,
           COALESCE(sum(value * EXTRACT(epoch FROM next_at - at)), 0) AS area
    FROM (
      SELECT at, value, price, lead(at) OVER (ORDER BY at, value) AS next_at FROM (
        SELECT e.at, CASE WHEN c.id IS NULL THEN e.value ELSE c.value END AS value,
               CASE WHEN c.id IS NULL THEN e.price ELSE c.price END AS price
        FROM billing.usage_events e LEFT JOIN LATERAL (
          SELECT * FROM billing.usage_corrections c
          WHERE c.series_id = e.series_id AND c.at = e.at AND c.event_id = e.event_id
          ORDER BY c.id DESC LIMIT 1) c ON true
        WHERE e.series_id = h.series_id AND e.at >= h.since AND e.at < h.until
          AND c.is_void IS NOT TRUE) corrected) ordered) x
) a
WHERE r.series_id = a.series_id AND r.hour = a.hour
"""
_TAKEN = """
SELECT i.event_id FROM unnest($1::text[]) AS wanted(event_id)
JOIN billing.usage_identities i ON i.event_id = wanted.event_id
"""
_LATE_COLUMNS = (
    *("id", "subscription_id", "meter_id", "day", "events", "is_certain", "created_at"),
)


class IngestionRepository:
    """Events of the session's tenant on their way in."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def make_partitions(self, months: Iterable[date]) -> None:
        """Let there be room for events of these months."""
        connection = await driver_connection(self._session)
        await connection.execute(
            "SELECT billing.make_usage_partition(m) FROM unnest($1::date[]) AS m", list(months)
        )

    async def add_series(self, series: Collection[Series]) -> None:
        """Insert those that are not there yet."""
        connection = await driver_connection(self._session)
        await connection.execute(_SERIES, *map(list, zip(*series, strict=True)))

    async def take(
        self, rows: Collection[Row], received_at: datetime, *, more: bool, members: bool
    ) -> tuple[list[str], bool]:
        """Write the events that are new; ids of the others, and whether there are alerts.

        `more` also keeps highest and latest values, `members` the values to count once.
        """
        connection = await driver_connection(self._session)
        columns = [_column(values) for values in zip(*rows, strict=True)]
        row = await connection.fetchrow(_TAKES[more, members], received_at, *columns)
        assert row is not None
        return row["repeated"] or [], row["has_alerts"]

    async def recount(self, hours: Collection[Hour]) -> None:
        """Add these hours up anew. Whoever calls it has written to their rows before."""
        connection = await driver_connection(self._session)
        await connection.execute(_RECOUNT, *map(list, zip(*sorted(hours), strict=True)))

    async def by_reference(
        self, references: Sequence[str], ids: Sequence[tuple[str, UUID]]
    ) -> list[asyncpg.Record]:
        """Subscriptions of that number, external id or id, the best match last."""
        connection = await driver_connection(self._session)
        by_id = await connection.fetch(_BY_ID, *map(list, zip(*ids, strict=True))) if ids else []
        found = {row["ref"] for row in by_id}
        others = [one for one in references if one not in found]
        if not others:
            return by_id
        rows = await connection.fetch(_BY_EXTERNAL_ID, others)
        return rows + await connection.fetch(_BY_NUMBER, others) + by_id

    async def of_customers(
        self, references: Sequence[str], ids: Sequence[tuple[str, UUID]]
    ) -> list[asyncpg.Record]:
        """Subscriptions of the customers of that code or id."""
        connection = await driver_connection(self._session)
        texts, uuids = [ref for ref, _ in ids], [one for _, one in ids]
        return await connection.fetch(_OF_CUSTOMERS, references, texts, uuids)

    async def billing(self, subscription_ids: Collection[UUID]) -> list[asyncpg.Record]:
        """Up to when usage of these subscriptions is billed, and when they are billed next."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_BILLING, list(subscription_ids))

    async def billed(
        self, subscription_ids: Collection[UUID], first: date, soon: date
    ) -> list[asyncpg.Record]:
        """The same, of those that are billed beyond the day `first` or will be up to `soon`."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_BILLED, list(subscription_ids), first, soon)

    async def taken(self, event_ids: Sequence[str]) -> set[str]:
        """Those of the ids that have been taken."""
        connection = await driver_connection(self._session)
        return {row[0] for row in await connection.fetch(_TAKEN, event_ids)}

    async def mark_late(
        self, marks: Iterable[tuple[UUID, UUID, date, int, bool]], now: datetime
    ) -> None:
        """Note (subscription, meter, day, events, whether certain) for the bill run."""
        rows: list[tuple[Any, ...]] = [(new_id(), *mark, now) for mark in marks]
        await copy_rows(self._session, "billing.usage_late", rows, columns=_LATE_COLUMNS)


def _column(values: Sequence[str | int | None]) -> str | None:
    """A column in one text; None if there is nothing in it."""
    if not any(values):
        return None
    if isinstance(values[0], int):
        return _SEPARATOR.join(map(str, values))
    if None in values:
        return _SEPARATOR.join(["" if one is None else str(one) for one in values])
    return _SEPARATOR.join(values)  # type: ignore[arg-type] # texts, all of them
