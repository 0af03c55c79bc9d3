"""Every query that reads many customers: a page, all of them.

Conditions are of the kind that an index answers below row-level security (see
`profiles.search_terms`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import asyncpg

from dotmac_customers.directory.filters import Wanted
from dotmac_customers.profiles.repository import INSTANT, POSTAL_JOIN, SUMMARY, AnyConnection
from dotmac_customers.profiles.search_terms import TAG, WORD, after_prefix, query_terms

# The parts put together here are constants of this file; values travel as parameters.
_COUNTED = "COALESCE((SELECT total FROM customers.counters), 0)"
_SORTED_BY = {"created_at": "created_at", "name": "sort_name", "number": "number"}
_EXPORTED = (
    "c.number, c.name, c.kind, c.email, c.phone, c.state, c.state_reason, c.tags, c.external_id, "
    "a.line1, a.line2, a.postal_code, a.city, a.region, a.country, "
    f"to_char(c.created_at, {INSTANT}) AS created_at"
)
EXPORT_HEADER = (
    *("number", "name", "kind", "email", "phone", "state", "state_reason", "tags", "external_id"),
    *("line1", "line2", "postal_code", "city", "region", "country", "created_at"),
)
_EXPORT_CHUNK = 1000

# How alike two words are, between 0 and 1, to count as a misspelling of each other.
_ALIKE = 0.35


@dataclass(frozen=True, slots=True)
class Found:
    """A page as a JSON array, and how many customers match in all."""

    documents: str
    total: int


class _Conditions:
    """A WHERE clause and its parameters."""

    def __init__(self, wanted: Wanted) -> None:
        self.parameters: list[object] = []
        # State and kind are written out, not passed: the index of those who are not active is used
        # only where the statement itself says so. Both are members of an enumeration.
        self._parts = [
            f"c.{column} = '{value.value}'"
            for column, value in (("state", wanted.state), ("kind", wanted.kind))
            if value is not None
        ]
        if wanted.created_after is not None:
            self._parts.append(f"c.created_at >= {self._place(wanted.created_after)}")
        if wanted.created_before is not None:
            self._parts.append(f"c.created_at < {self._place(wanted.created_before)}")
        if wanted.tag is not None:
            self._found_by(TAG, f"term = {self._place(wanted.tag)}")

    def begins(self, terms: Sequence[str]) -> None:
        """A word begins with each of `terms`."""
        for term in terms:
            start, end = self._place(term), self._place(after_prefix(term))
            self._found_by(WORD, f"term >= {start} AND term < {end}")

    def resembles(self, terms: Sequence[str], schema: str) -> None:
        """A word is spelled much like each of `terms`; the first letter is taken as right."""
        for term in terms:
            start, end = self._place(term[0]), self._place(after_prefix(term[0]))
            alike = f"{schema}.similarity(term, {self._place(term)}) >= {_ALIKE}"
            self._found_by(WORD, f"term >= {start} AND term < {end} AND {alike}")

    def place(self, value: object) -> str:
        """The name of a further parameter."""
        return self._place(value)

    @property
    def where(self) -> str:
        """The clause, empty without conditions."""
        return f"WHERE {' AND '.join(self._parts)}" if self._parts else ""

    def _found_by(self, kind: int, condition: str) -> None:
        self._parts.append(
            "c.id IN (SELECT customer_id FROM customers.search_terms "  # noqa: S608 - as above
            f"WHERE kind = {kind} AND {condition})"
        )

    def _place(self, value: object) -> str:
        self.parameters.append(value)
        return f"${len(self.parameters)}"


async def page(connection: AnyConnection, wanted: Wanted, *, offset: int, limit: int) -> Found:
    """A page of the customers that are wanted.

    Where nobody is found by what was typed, those who are found by something spelled much like it
    are taken instead, if PostgreSQL has pg_trgm.
    """
    terms = query_terms(wanted.q) if wanted.q else []
    conditions = _Conditions(wanted)
    conditions.begins(terms)
    found = await _page(connection, wanted, conditions, offset=offset, limit=limit)
    if found.total or not terms:
        return found
    schema = await connection.fetchval(
        "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_trgm'"
    )
    if schema is None:
        return found
    conditions = _Conditions(wanted)
    conditions.resembles(terms, schema)
    return await _page(connection, wanted, conditions, offset=offset, limit=limit)


async def export(connection: AnyConnection, wanted: Wanted) -> AsyncIterator[list[asyncpg.Record]]:
    """All customers that are wanted, a thousand at a time, fields in order of `EXPORT_HEADER`."""
    conditions = _Conditions(wanted)
    conditions.begins(query_terms(wanted.q) if wanted.q else [])
    statement = (
        f"SELECT {_EXPORTED} FROM customers.customers c {POSTAL_JOIN} "  # noqa: S608 - as above
        f"{conditions.where} ORDER BY {_order(wanted)}"
    )
    cursor = await connection.cursor(statement, *conditions.parameters)
    while rows := await cursor.fetch(_EXPORT_CHUNK):
        yield rows


async def _page(
    connection: AnyConnection,
    wanted: Wanted,
    conditions: _Conditions,
    *,
    offset: int,
    limit: int,
) -> Found:
    where = conditions.where
    total = _COUNTED
    if where:
        total = f"(SELECT count(*) FROM customers.customers c {where})"  # noqa: S608 - as above
    statement = (
        "SELECT COALESCE(json_agg(document), '[]')::text AS documents, "  # noqa: S608 - as above
        f"{total} AS total FROM (SELECT json_build_object({SUMMARY}) AS document "
        f"FROM customers.customers c {where} ORDER BY {_order(wanted)} "
        f"LIMIT {conditions.place(limit)} OFFSET {conditions.place(offset)}) page"
    )
    row = await connection.fetchrow(statement, *conditions.parameters)
    assert row is not None
    return Found(row["documents"], row["total"])


def _order(wanted: Wanted) -> str:
    direction = " DESC" if wanted.descending else ""
    by = f"c.{_SORTED_BY[wanted.sort]}{direction}"
    return by if wanted.sort == "number" else f"{by}, c.id{direction}"
