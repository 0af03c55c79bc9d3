"""Queries of what usage adds up to.

Each takes many spans at once and walks the primary keys once for each span: a sub-query with an
aggregate of its own cannot be planned as a join that reads the whole table.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import asyncpg

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.usage.meters.repository import METER_COLUMNS, terms_of
from dotmac_billing.usage.reading.adding_up import Held, Totals
from dotmac_billing.usage.reading.series import Series, SeriesOf, Subscribed
from dotmac_core_ops.database import PooledConnection, RawConnection


class Span(NamedTuple):
    """The time of series `series_id` from `since` up to, not including, `until`; `n` comes back."""

    n: int
    series_id: UUID
    since: datetime
    until: datetime


_SPANS = """
unnest($1::int[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
  AS w(n, series_id, since, until)
"""
_WITHIN = "r.series_id = w.series_id AND r.hour >= w.since AND r.hour < w.until"

_SERIES = """
SELECT w.subscription_id, w.meter_id, s.id, s.dimensions, t.time_zone
FROM unnest($1::uuid[], $2::uuid[]) AS w(subscription_id, meter_id)
JOIN billing.usage_series s
  ON s.subscription_id = w.subscription_id AND s.meter_id = w.meter_id
JOIN billing.subscriptions t ON t.id = w.subscription_id
"""
_TOTALS = f"""
SELECT w.n, a.* FROM {_SPANS} CROSS JOIN LATERAL (
  SELECT sum(r.events) AS events, sum(r.total) AS total, max(r.highest) AS highest,
         sum(r.amount) AS amount
  FROM billing.usage_rollups r WHERE {_WITHIN}) a
WHERE a.events > 0
"""  # noqa: S608 (our own names; so below as well)
_LATEST = f"""
SELECT w.n, a.latest, a.latest_at FROM {_SPANS} CROSS JOIN LATERAL (
  SELECT r.latest, r.latest_at FROM billing.usage_rollups r
  WHERE {_WITHIN} AND r.latest_at IS NOT NULL
  ORDER BY r.hour DESC LIMIT 1) a
"""  # noqa: S608 (texts of our own)
_HOURS = f"""
SELECT w.n, r.hour, r.events, r.total, r.highest, r.latest, r.latest_at, r.amount
FROM {_SPANS} CROSS JOIN LATERAL (
  SELECT * FROM billing.usage_rollups r WHERE {_WITHIN} AND r.events > 0
  ORDER BY r.hour OFFSET 0) r
"""  # noqa: S608 (texts of our own)
_MEMBERS = f"""
SELECT w.n, count(DISTINCT r.member) FROM {_SPANS} CROSS JOIN LATERAL (
  SELECT r.member FROM billing.usage_members r WHERE {_WITHIN} AND r.events > 0 OFFSET 0) r
GROUP BY w.n
"""  # noqa: S608 (texts of our own)
_HOURLY_MEMBERS = f"""
SELECT w.n, r.hour, r.member FROM {_SPANS} CROSS JOIN LATERAL (
  SELECT r.hour, r.member FROM billing.usage_members r WHERE {_WITHIN} AND r.events > 0
  OFFSET 0) r
"""  # noqa: S608 (texts of our own)
_HELD = f"""
SELECT w.n, w.series_id, r.first_at, r.latest_at, r.latest, r.area
FROM {_SPANS} CROSS JOIN LATERAL (
  SELECT * FROM billing.usage_rollups r WHERE {_WITHIN} AND r.latest_at IS NOT NULL
  ORDER BY r.hour OFFSET 0) r
"""  # noqa: S608 (texts of our own)
_CARRIED = f"""
SELECT w.n, w.series_id, r.latest FROM {_SPANS} CROSS JOIN LATERAL (
  SELECT r.latest FROM billing.usage_rollups r
  WHERE r.series_id = w.series_id AND r.hour < w.since AND r.latest_at IS NOT NULL
  ORDER BY r.hour DESC LIMIT 1) r
"""  # noqa: S608 (texts of our own)
# What a correction says stands in the place of what was reported; a void one counts for nothing.
_EVENTS = f"""
SELECT w.n, r.at, r.event_id, r.value, r.member, r.price FROM {_SPANS} CROSS JOIN LATERAL (
  SELECT e.at, e.event_id, CASE WHEN c.id IS NULL THEN e.value ELSE c.value END AS value,
         CASE WHEN c.id IS NULL THEN e.member ELSE c.member END AS member,
         CASE WHEN c.id IS NULL THEN e.price ELSE c.price END AS price
  FROM billing.usage_events e LEFT JOIN LATERAL (
    SELECT * FROM billing.usage_corrections c
    WHERE c.series_id = e.series_id AND c.at = e.at AND c.event_id = e.event_id
    ORDER BY c.id DESC LIMIT 1) c ON true
  WHERE e.series_id = w.series_id AND e.at >= w.since AND e.at < w.until
    AND c.is_void IS NOT TRUE
  OFFSET 0) r
ORDER BY w.n, r.at, r.event_id
"""  # noqa: S608 (texts of our own)

# One statement, because on a busy machine each one waits for its turn; a row for each series.
_SUBSCRIBED = f"""
SELECT t.id AS subscription_id, t.number, t.time_zone, t.anchor_on, t.cycle, u.id AS series_id,
  u.dimensions AS series_dimensions, {METER_COLUMNS}
FROM (SELECT * FROM billing.subscriptions s WHERE {{which}}) t
LEFT JOIN billing.usage_series u ON u.subscription_id = t.id
LEFT JOIN billing.meters m ON m.id = u.meter_id
ORDER BY t.id DESC
"""  # noqa: S608 (texts of our own)
_BY_ID = _SUBSCRIBED.format(which="s.id = $1")
_BY_CUSTOMER = _SUBSCRIBED.format(which="s.customer_id = $1 ORDER BY s.id DESC LIMIT $2")


class UsageReader:
    """What the usage of the transaction's tenant adds up to."""

    def __init__(self, connection: RawConnection | PooledConnection) -> None:
        self._connection = connection

    async def series(self, wanted: Collection[tuple[UUID, UUID]]) -> SeriesOf:
        """The series of (subscription, meter); those without any are left out."""
        found: dict[tuple[UUID, UUID], list[Series]] = {}
        for row in await self._fetch(_SERIES, list(wanted), 2):
            found.setdefault((row[0], row[1]), []).append(Series(*row[2:5]))
        return found

    async def totals(self, spans: Sequence[Span]) -> list[tuple[int, Totals]]:
        """Sums by span, without the latest value; spans without events are left out."""
        return [
            (row[0], Totals(row[1], row[2], row[3], amount=row[4]))
            for row in await self._fetch(_TOTALS, spans)
        ]

    async def latest(self, spans: Sequence[Span]) -> list[tuple[int, Totals]]:
        """The latest value by span, and nothing else."""
        return [
            (row[0], Totals(0, latest=row[1], latest_at=row[2]))
            for row in await self._fetch(_LATEST, spans)
        ]

    async def hours(self, spans: Sequence[Span]) -> list[tuple[int, datetime, Totals]]:
        """Each hour with events, by span and in order within one."""
        return [(row[0], row[1], Totals(*row[2:8])) for row in await self._fetch(_HOURS, spans)]

    async def unique(self, spans: Sequence[Span]) -> dict[int, int]:
        """How many different values, by `n`: spans of one `n` are counted together."""
        return {row[0]: row[1] for row in await self._fetch(_MEMBERS, spans)}

    async def hourly_members(self, spans: Sequence[Span]) -> list[tuple[int, datetime, str]]:
        """Which values were seen in which hour."""
        return [(row[0], row[1], row[2]) for row in await self._fetch(_HOURLY_MEMBERS, spans)]

    async def held(self, spans: Sequence[Span]) -> dict[tuple[int, UUID], list[Held]]:
        """Levels by hour, in order, for each span."""
        found: dict[tuple[int, UUID], list[Held]] = {}
        for row in await self._fetch(_HELD, spans):
            held = Held(row["first_at"], row["latest_at"], row["latest"], row["area"])
            found.setdefault((row["n"], row["series_id"]), []).append(held)
        return found

    async def carried(self, spans: Sequence[Span]) -> dict[tuple[int, UUID], Decimal]:
        """The level at the beginning of each span, where there was one before."""
        rows = await self._fetch(_CARRIED, spans)
        return {(row["n"], row["series_id"]): row["latest"] for row in rows}

    async def events(self, spans: Sequence[Span]) -> list[asyncpg.Record]:
        """Every event as corrected: `n`, at, value, member, price; by `n` in order of time."""
        return await self._fetch(_EVENTS, spans)

    async def subscription(self, subscription_id: UUID) -> Subscribed | None:
        """The subscription of that id."""
        rows = await self._connection.fetch(_BY_ID, subscription_id)
        return _subscribed(rows)[0] if rows else None

    async def of_customer(self, customer_id: UUID, limit: int) -> list[Subscribed] | None:
        """The customer's subscriptions, newest first; None: no such customer."""
        rows = await self._connection.fetch(_BY_CUSTOMER, customer_id, limit)
        known = rows or await self._connection.fetchval(
            "SELECT true FROM billing.customers WHERE id = $1", customer_id
        )
        return _subscribed(rows) if known else None

    async def _fetch(
        self, query: str, rows: Sequence[tuple[object, ...]], width: int = 4
    ) -> list[asyncpg.Record]:
        if not rows:
            return []
        columns = [list(column) for column in zip(*rows, strict=True)]
        assert len(columns) == width
        return await self._connection.fetch(query, *columns)


def _subscribed(rows: Sequence[asyncpg.Record]) -> list[Subscribed]:
    found: dict[UUID, Subscribed] = {}
    for row in rows:
        subscription_id, number, zone, anchor_on, cycle, series_id, dimensions = row[:7]
        one = found.get(subscription_id)
        if one is None:
            one = found[subscription_id] = Subscribed(
                subscription_id, number, zone, anchor_on, BillingCycle(cycle), {}, {}
            )
        if series_id is None:
            continue
        meter_id = row["id"]
        if meter_id not in one.meters:
            one.meters[meter_id] = terms_of(row)
        key = (subscription_id, meter_id)
        one.series.setdefault(key, []).append(Series(series_id, dimensions, zone))
    return list(found.values())
